import { equal, notEqual } from 'node:assert/strict'
import { type Api, type Member, PASSWORD, type Reply, type Scenarios } from '../api.ts'
import { expectDone, expectProblem, expectSignedIn, expectStatus, expectUser } from '../expect.ts'

/** Makes the password of all sessions of `member` one that was given 16 minutes ago. */
const age = ({ query }: Api, { id }: Member) =>
  query(`update sessions set confirmed_at = now() - interval '16 minutes' where user_id = ${id}`)

function expectStepUp(reply: Reply): void {
  expectProblem(reply, 'insufficient_user_authentication')
  equal(reply.headers.get('WWW-Authenticate'), 'Bearer error="insufficient_user_authentication", max_age=900')
}

const newPassword = 'a better battery'

/** What a token alone is not enough for. */
export const stepUp: Scenarios = {
  async 'names, addresses, passwords and deletion want a recent password'(api) {
    const user = await api.member()
    const { id } = user
    await age(api, user)
    for (const path of ['/me', `/users/${id}`]) {
      for (const body of [{ email: 'taken.over@example.org' }, { username: 'taken-over' }, { email: null }])
        expectStepUp(await user.call(`PATCH ${path}`, body))
      expectStepUp(await user.call(`DELETE ${path}`))
    }
    for (const currentPassword of [PASSWORD, 'wrong'])
      expectStepUp(await user.call('PUT /me/password', { currentPassword, newPassword }))
    expectUser(await user.call('GET /me'), 200, { id, username: user.username, email: null })
    expectStatus(await api.signIn(user.username), 201)
  },

  async 'what admins can take accounts over with wants one too'(api) {
    const [boss, user] = [await api.newAdmin(), await api.member()]
    await age(api, boss)
    expectStepUp(await boss.call(`PATCH /users/${user.id}`, { role: 'admin' }))
    expectStepUp(await boss.call(`PATCH /users/${user.id}`, { email: 'taken@example.org' }))
    expectStepUp(await boss.call(`POST /users/${user.id}/password-reset`))
    expectStepUp(await boss.call(`DELETE /users/${user.id}`))
    expectStepUp(await boss.call('POST /users', { username: 'second-admin', role: 'admin' }))
    expectUser(await boss.call(`PATCH /users/${user.id}`, { suspended: false }), 200, { role: 'user' })
  },

  async 'reading wants none'(api) {
    const user = await api.member()
    await age(api, user)
    await expectSignedIn(user)
    expectStatus(await user.call('GET /sessions'), 200)
  },

  async 'the password renews the proof and replaces the token'(api) {
    const user = await api.member()
    const second = api.as((await api.signIn(user.username)).body.token)
    await age(api, user)
    const reply = await user.call('POST /sessions/current/confirmation', { password: PASSWORD })
    expectStatus(reply, 200)
    notEqual(reply.body.token, user.token)
    expectProblem(await user.call('GET /me'), 'unauthenticated')
    const call = api.as(reply.body.token)
    expectUser(await call('PATCH /me', { username: `${user.username}-x` }), 200)
    expectStepUp(await second('PATCH /me', { email: null }))
    expectDone(await call('DELETE /me'))
  },

  async 'a wrong password renews nothing, and cannot be tried without limit'(api) {
    const user = await api.member()
    await age(api, user)
    const confirm = (password: string) => user.call('POST /sessions/current/confirmation', { password })
    for (let attempt = 0; attempt < 10; attempt++)
      expectProblem(await confirm('wrong'), 'invalid', '/password')
    expectProblem(await confirm(PASSWORD), 'too_many_attempts')
    expectStepUp(await user.call('DELETE /me'))
    await expectSignedIn(user)
  },
}
