import type { Scenarios } from '../api.ts'
import { PASSWORD } from '../api.ts'
import {
  expectDone,
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
