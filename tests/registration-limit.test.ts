import { beforeEach, describe, expect, test } from 'bun:test'
import { freeze, travel } from '@hearth/sandbox'
import { rateLimits } from '../src/access/table.ts'
import { app } from '../src/app.ts'
import { users } from '../src/identity/table.ts'
import { db } from './support/db.ts'
import { admin, PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const newPassword = 'a better battery'
const register = (username: string, ip?: string, token?: string) =>
  call('POST /users', {
    body: { username, password: PASSWORD },
    with: { ...services(), ip },
    ...(token && { token }),
  })
const change = (token: string, currentPassword: string, changed = newPassword, settings = {}) =>
  call('PUT /me/password', {
    token,
    body: { currentPassword, newPassword: changed },
    with: services(settings),
  })

describe('registration', () => {
  beforeEach(freeze)

  test('is limited for the block of an address, and no refused one adds a row', async () => {
    for (let i = 0; i < 30; i++) expect((await register(`clone-${i}`, '2001:db8::1')).status).toBe(201)
    const { status, headers, body } = await register('clone-30', '2001:db8::ffff')
    expect([status, headers.get('Retry-After')]).toEqual([429, '20'])
    expect(body.detail).toBe('Too many registrations from your address; try again in 20 s.')
    expect((await db.select().from(rateLimits)).map(({ key }) => key)).toEqual(['register:2001:db8:0:0'])
    expect((await register('clone-30', '2001:db8:0:1::1')).status).toBe(201)
    await travel({ seconds: 20 })
    expect((await register('clone-31', '2001:db8::1')).status).toBe(201)
  })

  test('counts the names that somebody asks for, and costs no attempt to sign in', async () => {
    const { username } = await user()
    for (let i = 0; i < 30; i++) expect((await register(username, '198.51.100.7')).status).toBe(409)
    expect((await register(username, '198.51.100.7')).status).toBe(429)
    const body = { username, password: PASSWORD }
    const answer = await call('POST /sessions', { body, with: { ...services(), ip: '198.51.100.7' } })
    expect(answer.status).toBe(201)
  })

  test('does not count what is refused for its form', async () => {
    for (let i = 0; i < 40; i++) expect((await register('x', '198.51.100.7')).status).toBe(422)
    expect((await register('alice', '198.51.100.7')).status).toBe(201)
  })

  test.each([
    ['that is answered 503', { answerWithinMs: 510 }, (): AbortSignal | undefined => undefined],
    ['whose client leaves', {}, (): AbortSignal | undefined => AbortSignal.timeout(10)],
  ])('%s creates no user', async (_, settings, signalOf) => {
    const signal = signalOf()
    const body = JSON.stringify({ username: 'nobody', password: PASSWORD })
    const headers = { 'Content-Type': 'application/json' }
    const slow = services({ ...settings, scrypt: { N: 2 ** 14, r: 8, p: 5 } })
    const request = new Request('http://hearth/users', {
      method: 'POST',
      headers,
      body,
      ...(signal && { signal }),
    })
    expect((await app.fetch(request, slow)).status).toBe(503)
    await Bun.sleep(1000) // the hash that was begun ends
    expect(await db.$count(users)).toBe(0)
  })

  test('of an admin is not limited; that of others with a token is', async () => {
    const boss = await signedIn(await admin())
    const { token } = await signedIn()
    for (let i = 0; i < 30; i++) await register(`clone-${i}`, '198.51.100.7')
    expect((await register('clone-30', '198.51.100.7', token)).status).toBe(429)
    expect((await register('clone-30', '198.51.100.7', 'A'.repeat(43))).status).toBe(429)
    expect((await register('clone-30', '198.51.100.7', boss.token)).status).toBe(201)
  })
})

describe('a change of password', () => {
  beforeEach(freeze)

  test('is limited for the session, whatever the password, and costs no sign-in anything', async () => {
    const { user: owner, token } = await signedIn()
    for (let i = 0; i < 10; i++) expect((await change(token, `guess ${i}`)).status).toBe(422)
    const { status, headers } = await change(token, PASSWORD)
    expect([status, headers.get('Retry-After')]).toEqual([429, '240'])
    const body = { username: owner.username, password: PASSWORD }
    expect((await call('POST /sessions', { body })).status).toBe(201)
    expect((await call('GET /me', { token })).status).toBe(200)
    await travel({ seconds: 240 })
    expect((await change(token, PASSWORD)).status).toBe(204)
  })

  test('forgives the attempts when the password is right', async () => {
    const { token } = await signedIn()
    for (let i = 0; i < 9; i++) await change(token, 'wrong')
    expect((await change(token, PASSWORD)).status).toBe(204)
    for (let i = 0; i < 10; i++) expect((await change(token, 'wrong')).status).toBe(422)
  })

  test('does not count a new password that the policy refuses, nor a token that is not valid', async () => {
    const { token } = await signedIn()
    for (let i = 0; i < 12; i++)
      expect((await change(token, PASSWORD, 'too short', { passwordMinLength: 15 })).status).toBe(422)
    for (let i = 0; i < 12; i++) expect((await change('A'.repeat(43), PASSWORD)).status).toBe(401)
    expect((await change(token, PASSWORD)).status).toBe(204)
  })
})
