import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { endsAllSessions } from '../src/access/caller.ts'
import { sweep } from '../src/access/sweep.ts'
import { knownPlaces, rateLimits, sessions } from '../src/access/table.ts'
import { users } from '../src/identity/table.ts'
import { committed, db, hasTransactions } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const ago = (hours: number) => sql`now() - make_interval(hours => ${hours}::int)`

describe('a session ends', () => {
  test('a year after the sign-in, however often it is used', async () => {
    const { token } = await signedIn()
    for (let month = 1; month <= 14; month++) {
      await travel({ days: 26 })
      expect((await call('GET /sessions', { token })).body.items.length).toBe(1)
    }
    const [row] = await db.select().from(sessions)
    expect(((row?.expiresAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)) / 86_400_000).toBe(365)
    await travel({ days: 2 })
    for (const path of ['/me', '/sessions', '/users'] as const)
      expect((await call(`GET ${path}`, { token })).status).toBe(401)
  })

  test('at once where it is older than SESSION_MAX_DAYS, whenever it would expire', async () => {
    const { token } = await signedIn()
    await db.update(sessions).set({ createdAt: ago(24 * 365 * 5) })
    const body = { currentPassword: PASSWORD, newPassword: 'a better battery' }
    expect((await call('GET /me', { token })).status).toBe(401)
    expect((await call('PUT /me/password', { token, body })).status).toBe(401)
    expect((await call('DELETE /me', { token })).status).toBe(401)
  })

  test('after SESSION_MAX_DAYS where that is less than SESSION_DAYS', async () => {
    const { username } = await user()
    const body = { username, password: PASSWORD }
    const opened = await call('POST /sessions', { body, with: services({ sessionMaxDays: 7 }) })
    expect((Date.parse(opened.body.expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(7, 2)
  })
})

test.skipIf(!hasTransactions)('signing out everywhere ends a session that a concurrent sign-in opens', () =>
  committed(async () => {
    const { user: alice, token } = await signedIn()
    const opened = await db.transaction(async (tx) => {
      await tx.update(users).set(endsAllSessions) // as DELETE /sessions does
      const signIn = call('POST /sessions', { body: { username: alice.username, password: PASSWORD } })
      await Bun.sleep(300)
      return { signIn }
    })
    expect((await call('GET /me', { token })).status).toBe(401)
    const later = (await opened.signIn).body.token
    expect((await call('GET /me', { token: later })).status).toBe(200) // it was opened after, not before
    expect((await call('DELETE /sessions', { token: later })).status).toBe(204)
    expect((await call('GET /me', { token: later })).status).toBe(401)
  }),
)

describe('the sweep', () => {
  test('deletes what has expired of users who never return, and nothing else', async () => {
    const { user: owner, token } = await signedIn()
    await db.insert(sessions).values(
      Array.from({ length: 5 }, (_, i) => ({
        userId: owner.id,
        tokenDigest: `expired-${i}`,
        expiresAt: ago(24 * 730),
      })),
    )
    await db.insert(knownPlaces).values({ userId: owner.id, block: '203.0.113.9', expiresAt: ago(2) })
    await db.insert(rateLimits).values([
      { key: 'name:recovered', spentUntil: ago(2) },
      { key: 'name:just-now', spentUntil: ago(0) },
    ])
    expect(await sweep(db)).toEqual({ sessions: 5, one_time_tokens: 0, known_places: 1, rate_limits: 1 })
    expect(await sweep(db)).toEqual({ sessions: 0, one_time_tokens: 0, known_places: 0, rate_limits: 0 })
    expect((await call('GET /me', { token })).status).toBe(200)
    expect((await db.select().from(rateLimits)).map(({ key }) => key)).toContain('name:just-now')
    expect(await db.$count(knownPlaces)).toBe(1)
  })

  test('takes more rows than one statement does', async () => {
    await db
      .insert(rateLimits)
      .values(Array.from({ length: 2_500 }, (_, i) => ({ key: `name:${i}`, spentUntil: ago(2) })))
    expect((await sweep(db)).rate_limits).toBe(2_500)
  })
})
