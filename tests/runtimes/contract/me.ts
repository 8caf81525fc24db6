import { deepEqual, equal, ok } from 'node:assert/strict'
import { USER_KEYS } from '../../support/exchange.ts'
import { isProblem, rejects, type Scenarios } from './expect.ts'

const newPassword = 'a better battery'

export const me: Scenarios = {
  async '/me is the signed-in user'(api) {
    const { id, token } = await api.member()
    const { status, keys, body } = await api.call('GET /me', { token })
    deepEqual([status, keys, body.id], [200, USER_KEYS, id])
  },

  async '/me changes, and takes no null bytes, empty changes or unknown keys'(api) {
    const { token } = await api.member()
    const before = (await api.call('GET /me', { token })).body
    const changed = await api.call('PATCH /me', {
      token,
      body: { username: 'Renamed', email: 'r@example.org' },
    })
    deepEqual([changed.status, changed.keys], [200, USER_KEYS])
    deepEqual([changed.body.username, changed.body.email], ['renamed', 'r@example.org'])
    ok(changed.body.updatedAt > before.updatedAt)
    equal((await api.call('PATCH /me', { token, body: { email: null } })).body.email, null)
    for (const body of [{}, { id: 1 }, { username: 'a\0b' }, { email: 5 }, [], 'null'])
      isProblem(await api.call('PATCH /me', { token, body }), 422)
    rejects(await api.call('PATCH /me', { token, body: { username: api.admin.username } }), 409, '/username')
  },

  async 'role and suspended are for admins'(api) {
    const { id, token } = await api.member()
    for (const body of [{ role: 'admin' }, { suspended: false }, { email: null, role: 'user' }]) {
      isProblem(await api.call('PATCH /me', { token, body }), 403)
      isProblem(await api.call(`PATCH /users/${id}`, { token, body }), 403)
    }
    equal((await api.call('PATCH /me', { token: api.admin.token, body: { role: 'admin' } })).status, 200)
  },

  async 'deleting oneself ends everything'(api) {
    const { id, username, password, token } = await api.member()
    const answer = await api.call('DELETE /me', { token })
    deepEqual([answer.status, answer.text], [204, ''])
    isProblem(await api.call('GET /me', { token }), 401)
    isProblem(await api.signIn(username, password), 401)
    isProblem(await api.call(`GET /users/${id}`, { token: api.admin.token }), 404)
  },

  async 'a new password ends every other session'(api) {
    const { username, password, token } = await api.member()
    const other = (await api.signIn(username, password)).body.token
    const body = { currentPassword: password, newPassword }
    const answer = await api.call('PUT /me/password', { token, body })
    deepEqual([answer.status, answer.text], [204, ''])
    equal((await api.call('GET /me', { token })).status, 200)
    isProblem(await api.call('GET /me', { token: other }), 401)
    isProblem(await api.signIn(username, password), 401)
    equal((await api.signIn(username, newPassword)).status, 201)
  },

  async 'a new password asks for the current one, and keeps to the rules'(api) {
    const { username, password, token } = await api.member()
    const change = (body: object) => api.call('PUT /me/password', { token, body })
    rejects(await change({ currentPassword: 'wrong', newPassword }), 422, '/currentPassword')
    for (const bad of ['short', username, 'p'.repeat(129), '\uDC00lone-surrogate'])
      rejects(await change({ currentPassword: password, newPassword: bad }), 422, '/newPassword')
    isProblem(await change({ newPassword }), 422)
    equal((await api.call('GET /me', { token })).status, 200)
  },
}
