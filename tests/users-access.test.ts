import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { USER_KEYS } from './support/exchange.ts'
import { admin, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

describe('GET /users/{id}', () => {
  test('shows users to themselves and to admins, to nobody else', async () => {
    const { user: alice, token } = await signedIn()
    const boss = await signedIn(await admin())
    const stranger = await signedIn()
    const own = await call(`GET /users/${alice.id}`, { token })
    expect([own.status, own.keys]).toEqual([200, USER_KEYS])
    expect((await call(`GET /users/${alice.id}`, { token: boss.token })).body.username).toBe(alice.username)
    expect((await call(`GET /users/${alice.id}`, { token: stranger.token })).status).toBe(404)
    expect((await call(`GET /users/${alice.id}`)).status).toBe(401)
  })

  test.each([
    '0',
    '-1',
    '01',
    '1.0',
    '1e0',
    '0x1',
    '2147483648',
    '99999999999999999999',
    'abc',
    '%00',
    '%ff',
    '１',
  ])('the id %s is 404', async (id) => {
    const { token } = await signedIn(await admin())
    for (const method of ['GET', 'DELETE'] as const)
      expect((await call(`${method} /users/${id}`, { token })).status).toBe(404)
    expect((await call(`PATCH /users/${id}`, { token, body: { email: null } })).status).toBe(404)
  })
})

describe('PATCH /users/{id}', () => {
  test('lets users change their name and email', async () => {
    const { user: alice, token } = await signedIn()
    const { status, keys, body } = await call(`PATCH /users/${alice.id}`, {
      token,
      body: { username: 'New.Name', email: 'new@example.org' },
    })
    expect([status, keys]).toEqual([200, USER_KEYS])
    expect(body).toMatchObject({ id: alice.id, username: 'new.name', email: 'new@example.org' })
    expect((await call(`PATCH /users/${alice.id}`, { token, body: { email: null } })).body.email).toBeNull()
  })

  test('refuses an empty change and unknown keys', async () => {
    const { user: alice, token } = await signedIn()
    for (const body of [{}, { id: 5 }, { password: 'something' }, [], null, '"x"', 5]) {
      expect((await call(`PATCH /users/${alice.id}`, { token, body })).status).toBe(422)
    }
  })

  test.each([
    ['username', 'x'],
    ['username', 'root'],
    ['email', 'nobody'],
    ['role', 'owner'],
    ['suspended', 'yes'],
  ])('holds %s to the rules: not %j', async (field, value) => {
    const { token } = await signedIn(await admin())
    const { status, body } = await call('PATCH /me', { token, body: { [field]: value } })
    expect([status, body.errors[0].pointer]).toEqual([422, `/${field}`])
  })

  test('says when it was', async () => {
    const { user: alice, token } = await signedIn()
    await travel({ minutes: 1 })
    const { body } = await call(`PATCH /users/${alice.id}`, { token, body: { email: null } })
    expect(body.createdAt).toBe(alice.createdAt.toISOString())
    expect(Date.parse(body.updatedAt) - alice.updatedAt.getTime()).toBeGreaterThanOrEqual(60_000)
  })

  test('refuses a taken name', async () => {
    const taken = await user()
    const { user: alice, token } = await signedIn()
    const { status, body } = await call(`PATCH /users/${alice.id}`, {
      token,
      body: { username: taken.username },
    })
    expect([status, body.errors[0].pointer]).toEqual([409, '/username'])
  })

  test('keeps role and suspended for admins', async () => {
    const { user: alice, token } = await signedIn()
    for (const body of [{ role: 'admin' }, { suspended: false }]) {
      expect((await call(`PATCH /users/${alice.id}`, { token, body })).status).toBe(403)
      expect((await call('PATCH /me', { token, body })).status).toBe(403)
    }
    const boss = await signedIn(await admin())
    const promoted = await call(`PATCH /users/${alice.id}`, { token: boss.token, body: { role: 'admin' } })
    expect([promoted.status, promoted.body.role]).toEqual([200, 'admin'])
  })

  test('a suspended user is signed out at once and can not sign in', async () => {
    const { user: alice, token } = await signedIn()
    const boss = await signedIn(await admin())
    expect(
      (await call(`PATCH /users/${alice.id}`, { token: boss.token, body: { suspended: true } })).body
        .suspended,
    ).toBe(true)
    expect((await call('GET /me', { token })).status).toBe(401)
    const credentials = { username: alice.username, password: 'correct horse' }
    expect((await call('POST /sessions', { body: credentials })).status).toBe(403)
    expect((await call('POST /sessions', { body: { ...credentials, password: 'wrong horse' } })).status).toBe(
      401,
    )
    await call(`PATCH /users/${alice.id}`, { token: boss.token, body: { suspended: false } })
    expect((await call('POST /sessions', { body: credentials })).status).toBe(201)
  })
})

describe('DELETE /users/{id}', () => {
  test('deletes the user and its sessions', async () => {
    const { user: alice, token } = await signedIn()
    const boss = await signedIn(await admin())
    const deleted = await call(`DELETE /users/${alice.id}`, { token: boss.token })
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    expect((await call('GET /me', { token })).status).toBe(401)
    expect((await call(`DELETE /users/${alice.id}`, { token: boss.token })).status).toBe(404)
  })

  test("is 404 for somebody else's", async () => {
    const alice = await user()
    const { token } = await signedIn()
    expect((await call(`DELETE /users/${alice.id}`, { token })).status).toBe(404)
    expect((await call(`PATCH /users/${alice.id}`, { token, body: { email: null } })).status).toBe(404)
  })
})

describe('closed registration', () => {
  const closed = services({ registration: 'closed' })
  const body = { username: 'newcomer', password: 'correct horse' }

  test('refuses everyone but admins', async () => {
    expect((await call('POST /users', { body, with: closed })).status).toBe(403)
    const { token } = await signedIn()
    expect((await call('POST /users', { body, token, with: closed })).status).toBe(403)
    expect((await call('POST /users', { body, token: 'A'.repeat(43), with: closed })).status).toBe(401)
    const boss = await signedIn(await admin())
    expect((await call('POST /users', { body, token: boss.token, with: closed })).status).toBe(201)
  })
})
