import { deepEqual, equal } from 'node:assert/strict'
import { keysOf, USER_KEYS } from '../../support/exchange.ts'
import type { Api } from '../client.ts'
import { isProblem, rejects, type Scenarios } from './expect.ts'

type Item = { id: number; username: string }

const register = (api: Api, username: string) =>
  api.call('POST /users', { body: { username, password: 'correct horse' } })
const list = (api: Api, query: string) => api.call(`GET /users?${query}`, { token: api.admin.token })
const names = async (api: Api, query: string) =>
  (await list(api, query)).body.items.map(({ username }: Item) => username)

export const users: Scenarios = {
  async 'the list is for admins, and shows no password'(api) {
    isProblem(await api.call('GET /users'), 401)
    isProblem(await api.call('GET /users', { token: (await api.member()).token }), 403)
    const { status, keys, body } = await list(api, '')
    deepEqual([status, keys, keysOf(body.items[0])], [200, ['items', 'nextCursor'], USER_KEYS])
  },

  async 'pages in every order hold every user once, by cursor and by Link'(api) {
    for (const username of ['page-a', 'page-b', 'page-c', 'page-d', 'page-e']) await register(api, username)
    for (const sort of ['id', '-id', 'username', '-username', 'createdAt', '-createdAt']) {
      const whole = await names(api, `q=page-&sort=${sort}`)
      equal(whole.length, 5)
      const seen: string[] = []
      let next = `/users?limit=2&q=page-&sort=${sort}`
      while (next && seen.length < 9) {
        const { headers, body } = await api.call(`GET ${next}`, { token: api.admin.token })
        seen.push(...body.items.map(({ username }: Item) => username))
        next = /^<(.*)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1] ?? ''
        equal(next === '', body.nextCursor === null)
      }
      deepEqual(seen, whole)
    }
  },

  async 'q is a literal beginning, in any case'(api) {
    for (const username of ['lit_1', 'lit-2', 'litx3']) await register(api, username)
    deepEqual(await names(api, 'sort=username&q=LIT'), ['lit-2', 'lit_1', 'litx3'])
    deepEqual(await names(api, 'q=lit_'), ['lit_1'])
    for (const q of ['%25', '%5C', "'%20or%20true--", '%F0%9F%94%A5', '%EF%BF%BD'])
      deepEqual(await names(api, `q=${q}`), [])
  },

  async 'other queries are 422'(api) {
    const bad =
      'limit=0 limit=101 limit=-1 limit=1e1 limit= limit=0x1 limit=1&limit=2 page=2 sort=password_hash cursor=x cursor= q=%00 q=a&q=b __proto__=1 constructor=1'
    for (const query of bad.split(' ')) isProblem(await list(api, query), 422)
    const { nextCursor } = (await list(api, 'limit=1&sort=id')).body
    rejects(await list(api, `sort=-id&cursor=${nextCursor}`), 422, '/cursor')
  },

  async 'a user is shown to itself and to admins, and is 404 to others'(api) {
    const [alice, bob] = [await api.member(), await api.member()]
    for (const token of [alice.token, api.admin.token]) {
      const { status, keys, body } = await api.call(`GET /users/${alice.id}`, { token })
      deepEqual([status, keys, body.username], [200, USER_KEYS, alice.username])
    }
    isProblem(await api.call(`GET /users/${alice.id}`), 401)
    isProblem(await api.call(`GET /users/${alice.id}`, { token: bob.token }), 404)
    isProblem(await api.call(`PATCH /users/${alice.id}`, { token: bob.token, body: { email: null } }), 404)
    isProblem(await api.call(`DELETE /users/${alice.id}`, { token: bob.token }), 404)
  },

  async 'an id that is no canonical positive integer, or too large, is 404'(api) {
    const { token } = api.admin
    const ids = '0 -1 01 1.0 1e0 0x1 2147483648 99999999999999999999 abc %00 %ff %EF%BC%91 %31%00 +1 1%20'
    for (const id of ids.split(' ')) {
      for (const method of ['GET', 'DELETE'])
        isProblem(await api.call(`${method} /users/${id}`, { token }), 404)
      isProblem(await api.call(`PATCH /users/${id}`, { token, body: { email: null } }), 404)
    }
  },

  async 'admins change roles; a suspended user is out at once'(api) {
    const { id, username, password, token } = await api.member()
    const change = (body: object) => api.call(`PATCH /users/${id}`, { token: api.admin.token, body })
    equal((await change({ role: 'admin' })).body.role, 'admin')
    equal((await api.call('GET /users', { token })).status, 200)
    deepEqual((await change({ role: 'user', suspended: true })).keys, USER_KEYS)
    isProblem(await api.call('GET /me', { token }), 401)
    isProblem(await api.signIn(username, password), 403)
    isProblem(await api.signIn(username, 'wrong'), 401)
    await change({ suspended: false })
    equal((await api.signIn(username, password)).status, 201)
    isProblem(await change({}), 422)
    rejects(await change({ role: 'owner', suspended: 'no' }), 422, '/role', '/suspended')
    rejects(await change({ username: api.admin.username }), 409, '/username')
  },

  async 'admins delete; the sessions go too'(api) {
    const { id, token } = await api.member()
    const answer = await api.call(`DELETE /users/${id}`, { token: api.admin.token })
    deepEqual([answer.status, answer.text], [204, ''])
    isProblem(await api.call('GET /me', { token }), 401)
    isProblem(await api.call(`DELETE /users/${id}`, { token: api.admin.token }), 404)
  },
}
