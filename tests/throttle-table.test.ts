import { describe, expect, test } from 'bun:test'
import { freeze } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { rateLimits } from '../src/access/table.ts'
import { hashPassword, OPERATOR } from '../src/identity/password.ts'
import { committed, db } from './support/db.ts'
import { PASSWORD, user } from './support/factories.ts'
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
