import { describe, expect, test } from 'bun:test'
import { app } from '../src/app.ts'
import { type Answer, call, isProblem, services } from './support/http.ts'

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

  test('415 for what is no JSON', async () => {
    const body = '{"username":"alice","password":"correct horse"}'
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data',
      ' ',
    ]) {
      expectProblem(await call('POST /users', { body, headers: { 'Content-Type': type } }), 415)
    }
    expect(
      (await call('POST /users', { body, headers: { 'Content-Type': 'Application/JSON; charset=utf-8' } }))
        .status,
    ).toBe(201)
  })

  test('400 for broken JSON and broken UTF-8', async () => {
    for (const body of [
      '',
      '{',
      '{"username":',
      'undefined',
      '{}{}',
      new Uint8Array([0x22, 0xff, 0x22]),
      '['.repeat(60_000),
    ]) {
      expectProblem(
        await call('POST /sessions', { body, headers: { 'Content-Type': 'application/json' } }),
        400,
      )
    }
  })

  test('413 for a large body, with and without a length', async () => {
    const body = JSON.stringify({ username: 'alice', password: 'p'.repeat(65_536) })
    expectProblem(await call('POST /users', { body }), 413)
    expectProblem(
      await call('POST /users', { body, headers: { 'Content-Length': String(body.length) } }),
      413,
    )
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000))
      },
    })
    const headers = { 'Content-Type': 'application/json' }
    expect((await app.request('/users', { method: 'POST', body: stream, headers }, services())).status).toBe(
      413,
    )
  })

  test('400 for a body that breaks off, with and without a length', async () => {
    for (const length of [{ 'Content-Length': '100' }, {}]) {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"username":'))
          controller.error(new Error('connection lost'))
        },
      })
      const headers = { 'Content-Type': 'application/json', ...length } as Record<string, string>
      const answer = await app.request('/users', { method: 'POST', body, headers }, services())
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { detail: 'The body broke off before its end.' },
      ])
    }
  })

  test('422 for JSON that is no object', async () => {
    for (const body of ['null', '[]', '5', '"x"', 'true'])
      expectProblem(await call('POST /users', { body }), 422)
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
