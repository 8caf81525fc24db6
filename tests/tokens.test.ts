import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { PASSWORD, signedIn } from './support/factories.ts'
import { call } from './support/http.ts'

describe('a token', () => {
  test.each([
    undefined,
    'Bearer',
    'Bearer ',
    'Basic dTpw',
    'Bearer x',
    `Bearer ${'A'.repeat(43)}`,
    `Bearer ${'A'.repeat(5000)}`,
    "Bearer ' or 1=1 --",
  ])('that is %p gets 401', async (Authorization) => {
    const headers: Record<string, string> = Authorization === undefined ? {} : { Authorization }
    for (const path of ['/me', '/sessions', '/users'] as const) {
      const answer = await call(`GET ${path}`, { headers })
      expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer'])
    }
  })

  test('runs out, and is extended by its use', async () => {
    const { token } = await signedIn()
    await travel({ days: 29 })
    expect((await call('GET /me', { token })).status).toBe(200)
    await travel({ days: 29 })
    expect((await call('GET /sessions', { token })).status).toBe(200)
    await travel({ days: 29 })
    expect((await call('GET /me', { token })).status).toBe(200)
    await travel({ days: 31 })
    for (const path of ['/me', '/sessions'] as const)
      expect((await call(`GET ${path}`, { token })).status).toBe(401)
    expect(
      (
        await call('PUT /me/password', {
          token,
          body: { currentPassword: PASSWORD, newPassword: 'something else' },
        })
      ).status,
    ).toBe(401)
  })
})
