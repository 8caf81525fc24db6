import { deepEqual } from 'node:assert/strict'
import type { Scenarios } from '../api.ts'
import { PASSWORD } from '../api.ts'
import {
  expectDone,
  expectKeys,
  expectNoSecret,
  expectProblem,
  expectSignedIn,
  expectSignedOut,
  expectStatus,
  expectUser,
} from '../expect.ts'

const newPassword = 'a better battery'

export const me: Scenarios = {
  async '/me is the signed-in user'({ member }) {
    const { id, username, call } = await member()
    expectUser(await call('GET /me'), 200, { id, username })
  },

  async 'what is stored about oneself can be taken along, without secrets'({ member, admin, as, signIn }) {
    const user = await member()
    const { token } = (await signIn(user.username)).body
    await user.call('PATCH /me', { email: `${user.username}@example.org` })
    const reply = await user.call('GET /me/export')
    expectStatus(reply, 200)
    const { id, username, email } = reply.body.user
    deepEqual([id, username, email], [user.id, user.username, `${user.username}@example.org`])
    expectKeys(reply.body, ['user', 'sessions', 'places', 'mails'])
    const { items } = (await user.call('GET /sessions')).body
    deepEqual(reply.body.sessions, items)
    const [{ kind, address }] = reply.body.mails
    deepEqual([kind, address], ['email_verification', email])
    expectNoSecret(reply, PASSWORD, user.token, token, 'scrypt')
    expectDone(await (await admin()).call(`DELETE /users/${user.id}/sessions`))
    const again = as((await signIn(user.username)).body.token)
    deepEqual((await again('GET /me/export')).body.sessions.length, 1)
  },

  async 'a new password ends every other session of the user, and nobody else’s'({ member, as, signIn }) {
    const [alice, stranger] = [await member(), await member()]
    const { token } = (await signIn(alice.username)).body
    expectDone(await alice.call('PUT /me/password', { currentPassword: PASSWORD, newPassword }))
    await expectSignedIn(alice)
    await expectSignedOut({ ...alice, call: as(token) })
    await expectSignedIn(stranger)
    expectProblem(await signIn(alice.username), 'bad_credentials')
    expectStatus(await signIn(alice.username, newPassword), 201)
  },

  async 'a new password requires the current one'({ member, signIn }) {
    const { username, call } = await member()
    const change = (body: object) => call('PUT /me/password', body)
    expectProblem(await change({ currentPassword: 'wrong', newPassword }), 'invalid', '/currentPassword')
    expectProblem(await change({ newPassword }), 'invalid', '/currentPassword')
    expectStatus(await signIn(username), 201)
  },

  async 'a new password keeps to the rules'({ member, signIn }) {
    const { username, call } = await member()
    for (const bad of ['short', username, 'p'.repeat(129), '\uDC00lone-surrogate']) {
      const reply = await call('PUT /me/password', { currentPassword: PASSWORD, newPassword: bad })
      expectProblem(reply, 'invalid', '/newPassword')
    }
    expectStatus(await signIn(username), 201)
  },
}
