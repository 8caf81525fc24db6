import { beforeEach, describe, expect, test } from 'bun:test'
import { freeze, travel } from '@hearth/sandbox'
import { rateLimits } from '../src/access/table.ts'
import { db } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const attempt = (username: string, password: string, ip: string) =>
  call('POST /sessions', { body: { username, password }, with: { ...services(), ip } })
const exhaust = async (username: string, ip = '198.51.100.7') => {
  for (let i = 0; i < 10; i++) expect((await attempt(username, 'wrong', ip)).status).toBe(401)
}

describe('sign-in', () => {
  beforeEach(freeze)

  test('is limited for an account, whatever the password, until time has passed', async () => {
    const { username } = await user()
    await exhaust(username)
    const { status, headers, body } = await attempt(username, PASSWORD, '203.0.113.1')
    expect(status).toBe(429)
    expect(Number(headers.get('Retry-After'))).toBe(30)
    expect(body.detail).toContain('30 s')
    await travel({ seconds: 30 })
    expect((await attempt(username, PASSWORD, '203.0.113.1')).status).toBe(201)
  })

  test('limits the name and the email of one account together', async () => {
    await user({ username: 'alice', email: 'alice@example.org' })
    await exhaust('alice')
    expect((await attempt('alice@example.org', 'wrong', '203.0.113.1')).status).toBe(429)
  })

  test('is limited for an unknown account alike, and the name is not stored', async () => {
    await exhaust('no-such-user')
    expect((await attempt('no-such-user', 'wrong', '203.0.113.1')).status).toBe(429)
    expect(JSON.stringify(await db.select().from(rateLimits))).not.toContain('no-such-user')
  })

  test('a stranger can not lock an owner out of a place where the owner is signed in', async () => {
    const { user: owner } = await signedIn()
    await exhaust(owner.username)
    expect((await attempt(owner.username, PASSWORD, '203.0.113.1')).status).toBe(429)
    expect((await attempt(owner.username, PASSWORD, '192.0.2.1')).status).toBe(201)
  })

  test('is limited for an address over all accounts', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 61; i++) statuses.push((await attempt(`nobody-${i}`, 'wrong', '2001:db8::5')).status)
    expect(statuses).toEqual([...Array(60).fill(401), 429])
    expect((await attempt('somebody', 'wrong', '2001:db8:0:0:ffff::1')).status).toBe(429)
    expect((await attempt('somebody', 'wrong', '2001:db8:0:1::5')).status).toBe(401)
  })

  test('success forgives the attempts of the account and drops keys that have recovered', async () => {
    const { username } = await user()
    await attempt('somebody-else', 'wrong', '203.0.113.77')
    await travel({ hours: 2 })
    for (let i = 0; i < 9; i++) await attempt(username, 'wrong', '198.51.100.7')
    expect((await attempt(username, PASSWORD, '198.51.100.7')).status).toBe(201)
    await exhaust(username)
    const keys = (await db.select().from(rateLimits)).map(({ key }) => key)
    expect(keys.length).toBe(2)
    expect(keys).toContain('address:198.51.100.7')
  })
})
