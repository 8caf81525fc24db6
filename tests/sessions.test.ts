import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { eq } from 'drizzle-orm'
import { sessions } from '../src/access/table.ts'
import { digest } from '../src/access/token.ts'
import { users } from '../src/identity/table.ts'
import { db } from './support/db.ts'
import { SESSION_KEYS, USER_KEYS } from './support/exchange.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, config, services } from './support/http.ts'

const signIn = (username: string, password = PASSWORD, options = {}) =>
  call('POST /sessions', { body: { username, password }, ...options })

describe('POST /sessions', () => {
  test('answers with a token that works, and with the user', async () => {
    const { username } = await user()
    const { status, keys, body } = await signIn(username)
    expect([status, keys, Object.keys(body.user).sort()]).toEqual([
      201,
      ['expiresAt', 'token', 'user'],
      USER_KEYS,
    ])
    expect(body.token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(config.sessionDays, 1)
    expect((await call('GET /me', { token: body.token })).body.username).toBe(username)
  })

  test('takes the email for a name, in any case', async () => {
    await user({ username: 'alice', email: 'alice@example.org' })
    for (const name of ['ALICE', 'Alice@Example.org']) expect((await signIn(name)).status).toBe(201)
  })

  test('says the same of an unknown user and of a wrong password', async () => {
    const { username } = await user()
    const [wrong, unknown] = [await signIn(username, 'wrong'), await signIn('nobody', 'wrong')]
    const { requestId: a, ...ofWrong } = wrong.body
    const { requestId: b, ...ofUnknown } = unknown.body
    expect([wrong.status, ofWrong]).toEqual([401, ofUnknown])
    expect(wrong.headers.get('WWW-Authenticate')).toBe('Bearer')
    expect(a).not.toBe(b)
  })

  test('refuses a name that is no text to Postgres', async () => {
    for (const name of ['\0', 'al\0ice', '\ud800']) {
      const { status, body } = await signIn(name)
      expect([status, body.errors[0].pointer]).toEqual([422, '/username'])
    }
  })

  test('stores only a digest of the token', async () => {
    const { token } = await signedIn()
    const [row] = await db.select().from(sessions)
    expect(row?.tokenDigest).toBe(await digest(token))
    expect(JSON.stringify(row)).not.toContain(token)
  })

  test('takes composed and decomposed spellings of a password for one', async () => {
    await call('POST /users', { body: { username: 'alice', password: 'caf\u00e9 noir' } })
    expect((await signIn('alice', 'cafe\u0301 noir')).status).toBe(201)
    expect((await signIn('alice', ' caf\u00e9 noir')).status).toBe(401)
  })

  test('makes hashes of another cost anew', async () => {
    const { id, username } = await user()
    const stored = async () => (await db.select().from(users).where(eq(users.id, id)))[0]?.passwordHash
    expect(await stored()).toStartWith('$scrypt$ln=1,r=1,p=1$')
    const costlier = { with: services({ scrypt: { N: 4, r: 1, p: 1 } }) }
    expect((await signIn(username, PASSWORD, costlier)).status).toBe(201)
    expect(await stored()).toStartWith('$scrypt$ln=2,r=1,p=1$')
    expect((await signIn(username)).status).toBe(201)
  })
})

describe('GET /sessions', () => {
  test('lists one’s own, never the token', async () => {
    const { user: alice, token } = await signedIn()
    const other = await signedIn(alice)
    await signedIn()
    const { status, keys, body, text } = await call('GET /sessions', { token })
    expect([status, keys, body.items.length]).toEqual([200, ['items', 'nextCursor'], 2])
    for (const item of body.items) expect(Object.keys(item).sort()).toEqual(SESSION_KEYS)
    expect(body.items.filter((item: { current: boolean }) => item.current).length).toBe(1)
    expect(body.items[0]).toMatchObject({ ip: '192.0.2.1', userAgent: 'tests' })
    for (const secret of [token, other.token, await digest(token)]) expect(text).not.toContain(secret)
  })

  test('keeps where a sign-in came from, cut to size', async () => {
    const { username } = await user()
    const { body } = await signIn(username, PASSWORD, {
      headers: { 'User-Agent': 'x'.repeat(1000) },
      with: { ...services(), ip: '2001:db8::1' },
    })
    const { items } = (await call('GET /sessions', { token: body.token })).body
    expect([items[0].ip, items[0].userAgent]).toEqual(['2001:db8::1', 'x'.repeat(255)])
  })

  test('believes the header of a proxy only when told to', async () => {
    const { username } = await user()
    const headers = { 'X-Real-IP': '203.0.113.9' }
    const ipOf = async (settings: object) => {
      const { body } = await signIn(username, PASSWORD, { headers, with: services(settings) })
      const { items } = (await call('GET /sessions', { token: body.token })).body
      return items.find((item: { current: boolean }) => item.current).ip
    }
    expect(await ipOf({})).toBe('192.0.2.1')
    expect(await ipOf({ clientIpHeader: 'X-Real-IP' })).toBe('203.0.113.9')
  })
})

test('a session says when it was last used, to the minute', async () => {
  const { token } = await signedIn()
  const session = async () => (await call('GET /sessions', { token })).body.items[0]
  await session()
  await travel({ minutes: 5 })
  await session()
  const { createdAt, lastUsedAt } = await session()
  expect(Math.round((Date.parse(lastUsedAt) - Date.parse(createdAt)) / 60_000)).toBe(5)
})

describe('DELETE /sessions', () => {
  test('signs out', async () => {
    const { token } = await signedIn()
    expect((await call('DELETE /sessions/current', { token })).status).toBe(204)
    expect((await call('GET /me', { token })).status).toBe(401)
  })

  test('ends another session of one’s own, and nobody else’s', async () => {
    const { user: alice, token } = await signedIn()
    const other = await signedIn(alice)
    const stranger = await signedIn()
    const idOf = async (asked: string) =>
      (await call('GET /sessions', { token: asked })).body.items.find(
        (item: { current: boolean }) => item.current,
      ).id
    expect((await call(`DELETE /sessions/${await idOf(stranger.token)}`, { token })).status).toBe(404)
    expect((await call(`DELETE /sessions/${await idOf(other.token)}`, { token })).status).toBe(204)
    expect((await call('GET /me', { token: other.token })).status).toBe(401)
    expect((await call('GET /me', { token: stranger.token })).status).toBe(200)
    expect((await call('DELETE /sessions/0', { token })).status).toBe(404)
  })
})
