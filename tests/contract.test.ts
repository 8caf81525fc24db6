import { describe, expect, test } from 'bun:test'
import { type Answer, isProblem } from './support/exchange.ts'
import { call, services } from './support/http.ts'

const expectProblem = (answer: Answer, status: number) => {
  expect([answer.status, isProblem(answer)]).toEqual([status, true])
}

describe('every error is a problem', () => {
  test('404 for unknown addresses', async () => {
    for (const path of ['/', '/nope', '/users/1/x', '/me/x', '//', '/users/'] as const)
      expectProblem(await call(`GET ${path}`), 404)
  })

  test('405 with the methods that the address knows', async () => {
    const answer = await call('PUT /users/1')
    expectProblem(answer, 405)
    expect(answer.headers.get('Allow')).toBe('GET, PATCH, DELETE, HEAD')
    expect((await call('DELETE /sessions')).headers.get('Allow')).toBe('GET, POST, HEAD')
    expectProblem(await call('DELETE /health'), 405)
    const options = await call('OPTIONS /me/password')
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'PUT'])
  })
})

describe('headers', () => {
  test('the request id is echoed if it is sane, else made', async () => {
    expect(
      (await call('GET /health', { headers: { 'X-Request-Id': 'abc-123' } })).headers.get('X-Request-Id'),
    ).toBe('abc-123')
    for (const id of ['a b', 'x'.repeat(500), '"quoted"']) {
      expect(
        (await call('GET /health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id'),
      ).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('every answer is guarded', async () => {
    for (const path of ['/health', '/nope', '/docs'] as const) {
      const { headers } = await call(`GET ${path}`)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('X-Frame-Options')).toBe('DENY')
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'")
      expect(headers.get('Cache-Control')).toBe('no-store')
    }
  })

  test('only listed origins may call from a page', async () => {
    const settings = { with: services({ corsOrigins: ['https://app.example.org'] }) }
    const origin = async (Origin: string) =>
      (await call('GET /health', { headers: { Origin }, ...settings })).headers.get(
        'Access-Control-Allow-Origin',
      )
    expect(await origin('https://app.example.org')).toBe('https://app.example.org')
    expect(await origin('https://evil.example.org')).toBeNull()
    const headers = {
      Origin: 'https://app.example.org',
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization',
    }
    const preflight = await call('OPTIONS /me', { headers, ...settings })
    expect([preflight.status, preflight.headers.get('Access-Control-Allow-Headers')]).toEqual([
      204,
      'authorization',
    ])
  })
})

describe('health', () => {
  test('lives and is ready', async () => {
    const [health, ready] = [await call('GET /health'), await call('GET /ready')]
    expect([health.status, health.body]).toEqual([200, { status: 'ok' }])
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready' }])
    expect((await call('HEAD /health' as 'GET /')).status).toBe(200)
  })
})
