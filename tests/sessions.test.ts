import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { eq } from 'drizzle-orm'
import { sessions } from '../src/access/table.ts'
import { digest } from '../src/access/token.ts'
import { users } from '../src/identity/table.ts'
import { db } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

// What is stored, and what needs other settings or another time. The rest is the contract: tests/contract.

type Session = { current: boolean; ip: string; userAgent: string; createdAt: string; lastUsedAt: string }

const signIn = (username: string, options = {}) =>
  call('POST /sessions', { body: { username, password: PASSWORD }, ...options })
const currentOf = async (token: string): Promise<Session> => {
  const { items } = (await call('GET /sessions', { token })).body
  return items.find(({ current }: Session) => current)
}

describe('a session', () => {
  test('is stored with a digest of its token, and shows neither', async () => {
    const { token } = await signedIn()
    const [row] = await db.select().from(sessions)
    expect(row?.tokenDigest).toBe(digest(token))
    expect(JSON.stringify(row)).not.toContain(token)
    const { text } = await call('GET /sessions', { token })
    for (const secret of [token, digest(token)]) expect(text).not.toContain(secret)
  })

  test('keeps the address and the user agent of the sign-in', async () => {
    const { username } = await user()
    const headers = { 'User-Agent': 'tests' }
    const { body } = await signIn(username, { headers, with: { ...services(), ip: '2001:db8::1' } })
    expect(await currentOf(body.token)).toMatchObject({ ip: '2001:db8::1', userAgent: 'tests' })
  })

  test('expires 30 days after its last use', async () => {
    const { token } = await signedIn()
    for (const path of ['/me', '/sessions', '/me'] as const) {
      await travel({ days: 29 })
      expect((await call(`GET ${path}`, { token })).status).toBe(200)
    }
    await travel({ days: 31 })
    for (const path of ['/me', '/sessions'] as const)
      expect((await call(`GET ${path}`, { token })).status).toBe(401)
    const body = { currentPassword: PASSWORD, newPassword: 'something else' }
    expect((await call('PUT /me/password', { token, body })).status).toBe(401)
  })

  test('notes its last use, to the minute', async () => {
    const { token } = await signedIn()
    await currentOf(token)
    await travel({ minutes: 5 })
    await currentOf(token)
    const { createdAt, lastUsedAt } = await currentOf(token)
    expect(Math.round((Date.parse(lastUsedAt) - Date.parse(createdAt)) / 60_000)).toBe(5)
  })
})

test('a sign-in rehashes a password whose hash has another cost', async () => {
  const { id, username } = await user()
  const stored = async () => (await db.select().from(users).where(eq(users.id, id)))[0]?.passwordHash
  expect(await stored()).toStartWith('$scrypt$ln=1,r=1,p=1$')
  const costlier = { with: services({ scrypt: { N: 4, r: 1, p: 1 } }) }
  expect((await signIn(username, costlier)).status).toBe(201)
  expect(await stored()).toStartWith('$scrypt$ln=2,r=1,p=1$')
  expect((await signIn(username)).status).toBe(201)
})
