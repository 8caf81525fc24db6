import { deepEqual, equal } from 'node:assert/strict'
import { USER_KEYS } from '../../support/exchange.ts'
import type { Api, Reply, Scenarios } from '../api.ts'
import { expectDone, expectKeys, expectProblem, expectStatus, nextOf } from '../expect.ts'

const SORTS = ['id', '-id', 'username', '-username', 'createdAt', '-createdAt']
const BAD_QUERIES =
  'limit=0 limit=101 limit=-1 limit=1e1 limit= limit=0x1 limit=1&limit=2 page=2 sort=password_hash sort=id;drop cursor=nonsense cursor=x cursor= q=%00 q=a&q=b q=a&sort=id role=owner suspended=yes email=alice __proto__=1 constructor=1'.split(
    ' ',
  )
// What a cursor contains is the list's own business, but a client can send any.
const BAD_POSITIONS: [sort: string, position: unknown][] = [
  ['id', ['id', 1.5, 1]],
  ['id', ['id', 3e9, 1]],
  ['id', ['id', '1', 1]],
  ['id', ['-id', 1, 1]],
  ['id', ['password_hash', 'a', 1]],
  ['username', ['username', 'a\0', 1]],
  ['createdAt', ['createdAt', 'yesterday', 1]],
  ['createdAt', ['createdAt', '2026-02-30T00:00:00.000Z', 1]],
  ['createdAt', ['createdAt', '0000-01-01T00:00:00.000Z', 1]], // Postgres has no year zero
  ['id', []],
  ['id', null],
  ['id', {}],
]

const namesIn = ({ body }: Reply): string[] =>
  body.items.map(({ username }: { username: string }) => username)
const registerAll = async ({ register }: Api, ...names: string[]) => {
  for (const username of names) expectStatus(await register({ username }), 201)
}

export const userList: Scenarios = {
  async 'the list shows users without passwords, and 20 of them by default'(api) {
    const { call } = await api.admin()
    const reply = await call('GET /users')
    expectStatus(reply, 200)
    expectKeys(reply.body, ['items', 'nextCursor'])
    for (const user of reply.body.items) expectKeys(user, USER_KEYS)
    equal(reply.body.items.length <= 20, true)
  },

  async 'a list that fits on one page has no next one'(api) {
    const { username, call } = await api.admin()
    const reply = await call(`GET /users?q=${username}&limit=1`)
    deepEqual([namesIn(reply), reply.body.nextCursor, reply.headers.get('Link')], [[username], null, null])
  },

  async 'pages in every order contain every user once, by cursor and by Link'(api) {
    const { call } = await api.admin()
    const names = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e', 'page-f']
    const email = 'pages@example.org' // an address that nobody has verified may be anybody's
    for (const username of names) expectStatus(await api.register({ username, email }), 201)
    for (const sort of SORTS) {
      const seen: string[] = []
      let path: string | undefined = `/users?limit=2&email=${email}&sort=${sort}`
      while (path && seen.length <= names.length) {
        const reply: Reply = await call(`GET ${path}`)
        seen.push(...namesIn(reply))
        path = nextOf(reply)
        equal(path === undefined, reply.body.nextCursor === null)
        if (path) equal(new URL(path, 'http://host').searchParams.get('cursor'), reply.body.nextCursor)
      }
      deepEqual(seen, sort.startsWith('-') ? names.toReversed() : names)
    }
  },

  async 'a page starts where the last one ended, whoever came or went'(api) {
    const { call } = await api.admin()
    await registerAll(api, 'came-b', 'came-c', 'came-e', 'came-f')
    const list = 'GET /users?q=came-&limit=2'
    const first = await call(list)
    deepEqual(namesIn(first), ['came-b', 'came-c'])
    expectDone(await call(`DELETE /users/${first.body.items[1].id}`))
    await registerAll(api, 'came-a', 'came-d')
    deepEqual(namesIn(await call(`${list}&cursor=${first.body.nextCursor}`)), ['came-d', 'came-e'])
  },

  async 'q is a literal prefix, in any case'(api) {
    const { call } = await api.admin()
    await registerAll(api, 'lit_1', 'lit-2', 'litx3')
    const search = async (q: string) => namesIn(await call(`GET /users?q=${encodeURIComponent(q)}`))
    deepEqual(await search('LIT'), ['lit-2', 'lit_1', 'litx3'])
    deepEqual(await search('lit-2'), ['lit-2'])
    deepEqual(await search('lit_'), ['lit_1'])
    for (const q of ['%', '\\', "' or true --", '🔥', '\uFFFD']) deepEqual(await search(q), [])
  },

  async 'other queries are 422'(api) {
    const { call } = await api.admin()
    for (const query of BAD_QUERIES) {
      const reply = await call(`GET /users?${query}`)
      const [, key = ''] = /^(?:q=a&)?([^=]*)/.exec(query.replace('q=a&q', 'q')) ?? []
      expectProblem(reply, 'invalid', `/${key}`)
    }
  },

  async 'a cursor from another list, or a made-up one, is 422'(api) {
    await api.member()
    const { call } = await api.admin()
    const { nextCursor } = (await call('GET /users?limit=1&sort=id')).body
    expectProblem(await call(`GET /users?sort=-id&cursor=${nextCursor}`), 'invalid', '/cursor')
    for (const [sort, position] of BAD_POSITIONS) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url')
      expectProblem(await call(`GET /users?sort=${sort}&cursor=${cursor}`), 'invalid', '/cursor')
    }
  },
}
