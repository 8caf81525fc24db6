import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { Scenarios } from './expect.ts'

/** The origin that may call the app from a page; every runner sets it. */
export const ALLOWED_ORIGIN = 'https://app.example.org'

export const headers: Scenarios = {
  async 'a sane request id is echoed, another replaced'(api) {
    const idFor = async (id: string) =>
      (await api.call('GET /health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id') ?? ''
    equal(await idFor('abc-123'), 'abc-123')
    for (const id of ['a b', 'x'.repeat(500), '"quoted"']) match(await idFor(id), /^[0-9a-f-]{36}$/)
  },

  async 'every answer is guarded, and kept by no cache'(api) {
    for (const path of ['/health', '/nope', '/docs', '/openapi.json', '/me']) {
      const { headers } = await api.call(`GET ${path}`)
      equal(headers.get('X-Content-Type-Options'), 'nosniff')
      equal(headers.get('X-Frame-Options'), 'DENY')
      match(headers.get('Content-Security-Policy') ?? '', /default-src 'self'/)
      equal(headers.get('Cache-Control'), 'no-store')
    }
  },

  async 'only listed origins may call from a page'(api) {
    const allowed = async (Origin: string) =>
      (await api.call('GET /health', { headers: { Origin } })).headers.get('Access-Control-Allow-Origin')
    deepEqual(
      [await allowed(ALLOWED_ORIGIN), await allowed('https://evil.example.org')],
      [ALLOWED_ORIGIN, null],
    )
    const asked = { Origin: ALLOWED_ORIGIN, 'Access-Control-Request-Method': 'PATCH' }
    const headers = { ...asked, 'Access-Control-Request-Headers': 'authorization' }
    const preflight = await api.call('OPTIONS /me', { headers })
    equal(preflight.status, 204)
    equal(preflight.headers.get('Access-Control-Allow-Headers'), 'authorization')
    match(preflight.headers.get('Access-Control-Allow-Methods') ?? '', /PATCH/)
  },

  async 'health, readiness, description and docs page answer'(api) {
    deepEqual((await api.call('GET /health')).body, { status: 'ok' })
    deepEqual((await api.call('GET /ready')).body, { status: 'ready' })
    const { body } = await api.call('GET /openapi.json')
    match(body.openapi, /^3\.1\./)
    ok(Object.keys(body.paths).includes('/users/{id}'))
    const page = await api.call('GET /docs')
    match(page.headers.get('Content-Type') ?? '', /^text\/html; charset=utf-8$/i)
    for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
      equal((await api.call(`GET ${file}`)).status, 200, file)
  },
}
