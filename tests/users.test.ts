import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { admin, PASSWORD, signedIn } from './support/factories.ts'
import { call, services } from './support/http.ts'

// What needs other settings or another time. The rest is the contract: tests/contract.

test('a change sets updatedAt and leaves createdAt', async () => {
  const { user: alice, token } = await signedIn()
  await travel({ minutes: 1 })
  const { body } = await call(`PATCH /users/${alice.id}`, { token, body: { email: null } })
  expect(body.createdAt).toBe(alice.createdAt.toISOString())
  expect(Date.parse(body.updatedAt) - alice.updatedAt.getTime()).toBeGreaterThanOrEqual(60_000)
})

describe('PASSWORD_MIN_LENGTH', () => {
  const strict = { with: services({ passwordMinLength: 15 }) }
  const detail = 'must have at least 15 characters'

  test('asks for longer passwords at registration', async () => {
    const body = { username: 'alice', password: PASSWORD }
    const answer = await call('POST /users', { body, ...strict })
    expect([answer.status, answer.body.errors]).toEqual([422, [{ pointer: '/password', detail }]])
  })

  test('asks for longer new passwords', async () => {
    const { token } = await signedIn()
    const body = { currentPassword: PASSWORD, newPassword: 'better battery' }
    const answer = await call('PUT /me/password', { token, body, ...strict })
    expect([answer.status, answer.body.errors]).toEqual([422, [{ pointer: '/newPassword', detail }]])
  })
})

describe('REGISTRATION=closed', () => {
  const closed = { with: services({ registration: 'closed' }) }
  const body = { username: 'newcomer', password: PASSWORD }

  test('refuses everyone but admins', async () => {
    const { token } = await signedIn()
    const boss = await signedIn(await admin())
    expect((await call('POST /users', { body, ...closed })).status).toBe(403)
    expect((await call('POST /users', { body, token, ...closed })).status).toBe(403)
    expect((await call('POST /users', { body, token: 'A'.repeat(43), ...closed })).status).toBe(401)
    expect((await call('POST /users', { body, token: boss.token, ...closed })).status).toBe(201)
  })
})
