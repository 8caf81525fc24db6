import { beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { freeze, travel } from '@hearth/sandbox'
import { eq } from 'drizzle-orm'
import { knownPlaces, rateLimits, sessions } from '../src/access/table.ts'
import { users } from '../src/identity/table.ts'
import { committed, db } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

setDefaultTimeout(30_000) // hundreds of requests in a test
const ATTACKER = '198.51.100.7'
const HOME = '192.0.2.1' // where factories sign in

const attempt = (username: string, password: string, ip: string) =>
  call('POST /sessions', { body: { username, password }, with: { ...services(), ip } })
const statusOf = async (username: string, password: string, ip: string) =>
  (await attempt(username, password, ip)).status
const exhaust = async (username: string, ip = ATTACKER) => {
  for (let i = 0; i < 10; i++) expect(await statusOf(username, 'wrong', ip)).toBe(401)
  expect(await statusOf(username, 'wrong', ip)).toBe(429)
}
/** Sends a wrong password from so many addresses, one after the other, and returns how many were compared. */
const guesses = async (username: string, addresses: string[]) => {
  let compared = 0
  for (const ip of addresses) if ((await statusOf(username, 'wrong', ip)) === 401) compared++
  return compared
}
const bots = (count: number, first = 0) =>
  Array.from(
    { length: count },
    (_, i) => `10.${(first + i) >> 16}.${((first + i) >> 8) & 255}.${(first + i) & 255}`,
  )

describe('sign-in', () => {
  beforeEach(freeze)

  test('is limited for an account and a place, whatever the password, until time has passed', async () => {
    const { username } = await user()
    await exhaust(username)
    const { status, headers, body } = await attempt(username, PASSWORD, ATTACKER)
    expect([status, headers.get('Retry-After')]).toEqual([429, '240'])
    expect(body.detail).toBe('Too many attempts to sign in; try again in 240 s.')
    await travel({ seconds: 240 })
    expect(await statusOf(username, PASSWORD, ATTACKER)).toBe(201)
  })

  test('limits the name and the email of one account together', async () => {
    const { id } = await user({ username: 'alice', email: 'alice@example.org' })
    await db.update(users).set({ emailVerified: true }).where(eq(users.id, id))
    await exhaust('alice')
    expect(await statusOf('alice@example.org', 'wrong', ATTACKER)).toBe(429)
  })

  test('is limited for an unknown account alike, and the name is not stored', async () => {
    await exhaust('no-such-user')
    expect(await guesses('no-such-user', bots(20))).toBe(15)
    expect(JSON.stringify(await db.select().from(rateLimits))).not.toContain('no-such-user')
  })

  test('is limited for an address over all accounts', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 61; i++) statuses.push(await statusOf(`nobody-${i}`, 'wrong', '2001:db8::5'))
    expect(statuses).toEqual([...Array(60).fill(401), 429])
    expect(await statusOf('somebody', 'wrong', '2001:db8::ffff:0:0:1')).toBe(429)
    expect(await statusOf('somebody', 'wrong', '2001:db8:0:1::5')).toBe(401)
  })

  test('with the right password costs the address nothing: 200 people behind one get in', async () => {
    const { username } = await user()
    const others = await Promise.all(Array.from({ length: 20 }, () => user()))
    const names = Array.from({ length: 200 }, (_, i) => others[i % 20]?.username ?? username)
    for (const name of names) expect(await statusOf(name, PASSWORD, ATTACKER)).toBe(201)
  })

  test('forgives the place its wrong passwords after a right one, and strangers none', async () => {
    const { username } = await user()
    expect(await guesses(username, bots(20))).toBe(20)
    for (let i = 0; i < 4; i++) await attempt(username, 'wrong', ATTACKER)
    expect(await statusOf(username, PASSWORD, ATTACKER)).toBe(201)
    await exhaust(username) // the place is known now
    expect(await guesses(username, bots(20, 100))).toBe(1)
  })
})

describe('an owner gets in', () => {
  beforeEach(freeze)

  test('from any new place, however long one address attacks', async () => {
    const { username } = await user()
    for (let hour = 0; hour < 24; hour++) {
      for (let i = 0; i < 16; i++) await attempt(username, 'wrong', ATTACKER)
      expect(await statusOf(username, PASSWORD, `203.0.113.${hour}`)).toBe(201)
      await travel({ hours: 1 })
    }
  })

  test('from every place that signed in before, while a thousand addresses attack', async () => {
    const { user: owner } = await signedIn()
    expect(await statusOf(owner.username, PASSWORD, '2001:db8:7:8::1')).toBe(201)
    await db.delete(sessions)
    expect(await guesses(owner.username, bots(1000))).toBe(25)
    expect(await statusOf(owner.username, PASSWORD, '203.0.113.1')).toBe(429)
    for (const ip of [HOME, '2001:db8:7:8::1', '2001:db8:7:8:aaaa::9'])
      expect(await statusOf(owner.username, PASSWORD, ip)).toBe(201)
    await exhaust(owner.username, HOME) // even one who attacks from a known place
    expect(await statusOf(owner.username, PASSWORD, '2001:db8:7:8::1')).toBe(201)
  })

  test('from a place for 400 days, and from the last 50 places', async () => {
    const { user: owner } = await signedIn()
    await travel({ days: 399 })
    await guesses(owner.username, bots(30))
    expect(await statusOf(owner.username, PASSWORD, HOME)).toBe(201)
    await travel({ days: 401 })
    await guesses(owner.username, bots(30))
    expect(await statusOf(owner.username, PASSWORD, HOME)).toBe(429)
    for (let i = 0; i < 60; i++) {
      await travel({ minutes: 2 })
      expect(await statusOf(owner.username, PASSWORD, `203.0.113.${i}`)).toBe(201)
    }
    const blocks = (await db.select().from(knownPlaces)).map(({ block }) => block)
    expect(blocks.length).toBe(50)
    expect(blocks).toContain('203.0.113.59')
    expect(blocks).not.toContain('203.0.113.9')
  })

  test('by PUT /me/password, whatever strangers do', async () => {
    const { user: owner, token } = await signedIn()
    await guesses(owner.username, bots(100))
    await exhaust(owner.username, HOME)
    const body = { currentPassword: PASSWORD, newPassword: 'a better battery' }
    expect((await call('PUT /me/password', { token, body })).status).toBe(204)
  })
})

test('one account is guessed at less than 100 times in an hour, by whatever ways', async () => {
  await freeze()
  const { user: owner, token } = await signedIn()
  await attempt(owner.username, PASSWORD, '203.0.113.1')
  let compared = 0
  for (let minute = 0; minute < 60; minute++) {
    compared += await guesses(owner.username, [...bots(4, minute * 4), HOME, '203.0.113.1'])
    const body = { currentPassword: 'wrong', newPassword: 'a better battery' }
    if ((await call('PUT /me/password', { token, body })).status === 422) compared++
    await travel({ minutes: 1 })
  }
  expect(compared).toBeGreaterThan(90)
  expect(compared).toBeLessThan(100)
})

test('attempts at once neither wait for each other for good nor are counted wrong', () =>
  committed(async () => {
    const { username } = await user()
    const passwords = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 'wrong' : PASSWORD))
    const statuses = await Promise.all(passwords.map((password) => statusOf(username, password, HOME)))
    expect(statuses.filter((status) => ![201, 401, 429].includes(status))).toEqual([])
    expect(statuses).toContain(201)
  }))
