import { describe, expect, test } from 'bun:test'
import { freeze } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { rateLimits, sessions } from '../src/access/table.ts'
import { hashPassword, OPERATOR } from '../src/identity/password.ts'
import { users } from '../src/identity/table.ts'
import { committed, db, hasTransactions } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const attempt = (username: string, password: string, ip: string, on = db) =>
  call('POST /sessions', { body: { username, password }, with: { ...services(), ip, db: on } })
const rows = () => db.select().from(rateLimits)

describe('an attempt that is refused', () => {
  test('for its address adds no row, and costs no account anything', async () => {
    await freeze()
    const { username } = await user()
    for (let i = 0; i < 60; i++) await attempt(`nobody-${i}`, 'wrong', '198.51.100.7')
    const before = await rows()
    for (const name of [username, 'another', 'a-third'])
      for (let i = 0; i < 10; i++) expect((await attempt(name, PASSWORD, '198.51.100.7')).status).toBe(429)
    expect(await rows()).toEqual(before)
    expect((await attempt(username, PASSWORD, '203.0.113.1')).status).toBe(201)
  })

  test('for its account adds no row for the address', async () => {
    await freeze()
    for (let i = 0; i < 25; i++) await attempt('somebody', 'wrong', `198.51.100.${i}`)
    const before = await rows()
    expect((await attempt('somebody', 'wrong', '203.0.113.1')).status).toBe(429)
    expect(await rows()).toEqual(before)
  })

  test('by a full queue of hashes is given back', async () => {
    const { username } = await user()
    let isDone = false
    const keepBusy = async () => {
      while (!isDone) await hashPassword('x', { N: 2 ** 12, r: 8, p: 1 }, OPERATOR).catch(() => Bun.sleep(1))
    }
    const busy = Array.from({ length: 60 }, keepBusy)
    const { status, headers, body } = await attempt(username, PASSWORD, '203.0.113.1')
    isDone = true
    await Promise.all(busy)
    expect([status, headers.get('Retry-After')]).toEqual([503, '2'])
    expect(body.detail).toBe('The server is busy; try again in a few seconds.')
    for (const { spentUntil } of await rows()) expect(spentUntil.getTime()).toBeLessThanOrEqual(Date.now())
  })
})

test.each([
  ['one address', 10, () => '198.51.100.1'],
  ['100 addresses', 25, (i: number) => `198.51.100.${i}`],
])('of 100 guesses at once from %s, exactly %d are compared', (_, expected, ipOf) =>
  committed(async () => {
    const { username } = await user()
    const guess = async (i: number): Promise<number> => {
      const { status } = await attempt(username, 'wrong', ipOf(i))
      return status === 503 ? guess(i) : status // the queue was full, and the attempt given back
    }
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => guess(i)))
    expect(statuses.filter((status) => status === 401).length).toBe(expected)
    expect(statuses.filter((status) => status === 429).length).toBe(100 - expected)
  }),
)

test('a clock that was an hour ahead locks nobody out', async () => {
  await freeze()
  const { username } = await user()
  await attempt(username, 'wrong', '203.0.113.1')
  await db.update(rateLimits).set({ spentUntil: sql`spent_until + interval '1 hour'` })
  expect((await attempt(username, 'wrong', '203.0.113.1')).status).toBe(401)
  const { status, headers } = await attempt(username, 'wrong', '203.0.113.1')
  expect([status, headers.get('Retry-After')]).toEqual([429, '240'])
})

test('every attempt that is looked at drops some keys that have recovered', async () => {
  const old = Array.from({ length: 50 }, (_, i) => ({
    key: `name:${i}`,
    spentUntil: sql`now() - interval '2 hours'`,
  }))
  await db.insert(rateLimits).values(old)
  await attempt('somebody', 'wrong', '203.0.113.1')
  expect((await rows()).length).toBe(33)
  await attempt('somebody', 'wrong', '203.0.113.1')
  expect((await rows()).length).toBe(13)
})

const FILL = [
  sql`insert into ${users} (username, password_hash) select 'filler-' || n, 'x' from generate_series(1, 1000) n`,
  sql`insert into ${sessions} (user_id, token_digest, expires_at)
    select users.id, md5(users.id || '.' || n), now() + interval '1 day' from ${users}, generate_series(1, 100) n`,
  sql`insert into ${rateLimits} (key, spent_until)
    select 'name:' || md5(n::text), now() + (n % 7200 - 7000) * interval '1 second' from generate_series(1, 100000) n`,
  sql`analyze`,
]

test.skipIf(!hasTransactions)(
  'no attempt reads a whole table, however many rows there are',
  () =>
    committed(() =>
      db.transaction(async (tx) => {
        for (const statement of FILL) await tx.execute(statement)
        const wholeReads = async () => {
          const [found] = await tx
            .select({ count: sql<number>`sum(seq_scan)::int` })
            .from(sql`pg_stat_xact_user_tables`)
            .where(sql`relname in ('sessions', 'rate_limits')`)
          return found?.count
        }
        const { user: owner, token } = await signedIn(undefined, tx)
        const before = await wholeReads()
        // The driver may plan the sixth run of a statement for any parameters instead of these.
        for (let i = 0; i < 8; i++) {
          expect((await attempt(owner.username, 'wrong', '203.0.113.1', tx)).status).toBe(401)
          expect((await attempt(owner.username, PASSWORD, '192.0.2.1', tx)).status).toBe(201)
          expect((await attempt('nobody', 'wrong', '203.0.113.1', tx)).status).toBe(401)
        }
        for (let i = 0; i < 10; i++) await attempt('nobody', 'wrong', '203.0.113.1', tx)
        expect((await attempt('nobody', 'wrong', '203.0.113.1', tx)).status).toBe(429)
        expect((await call('GET /me', { token, with: { ...services(), db: tx } })).status).toBe(200)
        expect(await wholeReads()).toBe(before)
      }),
    ),
  60_000, // filling the tables takes seconds on a busy machine
)
