import { describe, expect, test } from 'bun:test'
import { testClient } from 'hono/testing'
import { app } from '../src/app.ts'
import { keysOf, SESSION_KEYS, USER_KEYS } from './support/exchange.ts'
import { admin, PASSWORD, signedIn, user } from './support/factories.ts'
import { services } from './support/http.ts'

// The same app through Hono's typed client: that this file compiles is half of the test.
const client = testClient(app, services())
const as = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

describe('the typed client', () => {
  test('registers, signs in and reads', async () => {
    const registered = await client.users.$post({ json: { username: 'alice', password: PASSWORD } })
    const created = await registered.json()
    expect([registered.status, keysOf(created)]).toEqual([201, USER_KEYS])

    const opened = await client.sessions.$post({ json: { username: 'Alice', password: PASSWORD } })
    const { token, user: owner, ...rest } = await opened.json()
    expect([opened.status, owner, keysOf(rest)]).toEqual([201, created, ['expiresAt']])

    const me = await client.me.$get({}, as(token))
    expect(await me.json()).toEqual(created)
    const sessions = await client.sessions.$get({ query: {} }, as(token))
    expect((await sessions.json()).items.map(keysOf)).toEqual([SESSION_KEYS])
  })

  test('changes and deletes', async () => {
    const { user: alice, token } = await signedIn()
    const param = { id: String(alice.id) }
    const changed = await client.users[':id'].$patch({ param, json: { email: 'a@example.org' } }, as(token))
    expect((await changed.json()).email).toBe('a@example.org')
    const json = { currentPassword: PASSWORD, newPassword: 'a better battery' }
    expect((await client.me.password.$put({ json }, as(token))).status).toBe(204)
    expect((await client.users[':id'].$delete({ param }, as(token))).status).toBe(204)
    expect((await client.me.$get({}, as(token))).status).toBe(401)
  })

  test('lists for admins, page by page', async () => {
    const boss = await signedIn(await admin())
    await user()
    const first = await client.users.$get({ query: { limit: '1', sort: '-id' } }, as(boss.token))
    const { items, nextCursor } = await first.json()
    expect([items.length, keysOf(items[0])]).toEqual([1, USER_KEYS])
    const query = { limit: '1', sort: '-id' as const, cursor: nextCursor ?? '' }
    const second = await (await client.users.$get({ query }, as(boss.token))).json()
    expect(second).toMatchObject({ items: [{ id: boss.user.id }], nextCursor: null })
  })
})
