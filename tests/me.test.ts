import { describe, expect, test } from 'bun:test'
import { committed } from './support/db.ts'
import { USER_KEYS } from './support/exchange.ts'
import { PASSWORD, signedIn } from './support/factories.ts'
import { call, services } from './support/http.ts'

describe('/me', () => {
  test('is the signed-in user', async () => {
    const { user, token } = await signedIn()
    const { status, keys, body } = await call('GET /me', { token })
    expect([status, keys, body.id]).toEqual([200, USER_KEYS, user.id])
    const changed = await call('PATCH /me', { token, body: { email: 'me@example.org' } })
    expect([changed.status, changed.keys, changed.body.email]).toEqual([200, USER_KEYS, 'me@example.org'])
    expect(changed.body.updatedAt >= body.updatedAt).toBe(true)
    expect((await call('DELETE /me', { token })).status).toBe(204)
    expect((await call('GET /me', { token })).status).toBe(401)
  })
})

describe('PUT /me/password', () => {
  const newPassword = 'a better battery'
  const change = (token: string, body: object, options = {}) =>
    call('PUT /me/password', { token, body, ...options })

  test('changes the password and ends every other session', async () => {
    const { user, token } = await signedIn()
    const other = await signedIn(user)
    const { status, text } = await change(token, { currentPassword: PASSWORD, newPassword })
    expect([status, text]).toEqual([204, ''])
    expect((await call('GET /me', { token })).status).toBe(200)
    expect((await call('GET /me', { token: other.token })).status).toBe(401)
    const signIn = (password: string) =>
      call('POST /sessions', { body: { username: user.username, password } })
    expect((await signIn(PASSWORD)).status).toBe(401)
    expect((await signIn(newPassword)).status).toBe(201)
  })

  test('leaves the sessions of others alone', async () => {
    const { token } = await signedIn()
    const stranger = await signedIn()
    await change(token, { currentPassword: PASSWORD, newPassword })
    expect((await call('GET /me', { token: stranger.token })).status).toBe(200)
  })

  test('asks for the current password', async () => {
    const { token } = await signedIn()
    const { status, body } = await change(token, { currentPassword: 'wrong', newPassword })
    expect([status, body.errors]).toEqual([422, [{ pointer: '/currentPassword', detail: 'is wrong' }]])
  })

  test('holds the new password to the rules', async () => {
    const { user, token } = await signedIn()
    for (const bad of ['short', user.username, 'p'.repeat(129)]) {
      const { status, body } = await change(token, { currentPassword: PASSWORD, newPassword: bad })
      expect([status, body.errors[0].pointer]).toEqual([422, '/newPassword'])
    }
    const strict = { with: services({ passwordMinLength: 20 }) }
    expect((await change(token, { currentPassword: PASSWORD, newPassword }, strict)).status).toBe(422)
  })

  test('needs a token that holds', async () => {
    const body = { currentPassword: PASSWORD, newPassword }
    expect((await call('PUT /me/password', { body })).status).toBe(401)
    expect((await change('A'.repeat(43), body)).status).toBe(401)
  })

  test('of two changes at once, one counts', () =>
    committed(async () => {
      const { user, token } = await signedIn()
      const [a, b] = await Promise.all(
        ['first choice', 'second choice'].map((chosen) =>
          change(token, { currentPassword: PASSWORD, newPassword: chosen }),
        ),
      )
      expect([a?.status, b?.status].sort()).toEqual([204, 422])
      const winner = a?.status === 204 ? 'first choice' : 'second choice'
      const credentials = { username: user.username, password: winner }
      expect((await call('POST /sessions', { body: credentials })).status).toBe(201)
    }))
})
