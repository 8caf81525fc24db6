import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { Scenarios } from '../api.ts'
import { expectDone, expectProblem, expectStatus } from '../expect.ts'

/** The only origin that may call the app from a page. Every runner sets it. */
export const ALLOWED_ORIGIN = 'https://app.example.org'

const UNKNOWN_PATHS = [
  '/nope',
  '/users/1/x',
  '/me/x',
  '//x',
  '/users/',
  '/Users',
  '/%6De/x',
  '/%00%1B/%C3%A9',
]
const OTHER_METHODS = ['PUT /users/1', 'POST /health', 'DELETE /health', 'PATCH /users', 'DELETE /docs']

export const protocol: Scenarios = {
  async 'unknown paths are 404'({ call }) {
    for (const path of UNKNOWN_PATHS) expectProblem(await call(`GET ${path}`), 'not_found')
  },

  async 'other methods are 405 with those that the path has'({ call }) {
    for (const request of OTHER_METHODS) expectProblem(await call(request), 'method_not_allowed')
    equal((await call('PUT /users/1')).headers.get('Allow'), 'GET, PATCH, DELETE, HEAD')
    const options = await call('OPTIONS /me/password')
    expectDone(options)
    equal(options.headers.get('Allow'), 'PUT')
  },

  async 'unknown query keys are 422'({ admin }) {
    const { id, call } = await admin()
    for (const path of ['/health', '/docs', '/openapi.json', '/users', `/users/${id}`, '/me', '/sessions'])
      expectProblem(await call(`GET ${path}?nope=1`), 'invalid', '/nope')
    expectProblem(await call('DELETE /me?nope=1'), 'invalid', '/nope')
  },

  async 'HEAD is GET without a body'({ call }) {
    const head = await call('HEAD /health')
    expectStatus(head, 200)
    deepEqual([head.headers.get('Content-Type'), head.text], ['application/json', ''])
    expectStatus(await call('HEAD /me'), 401)
  },

  async 'a sane request id is echoed, another is replaced'({ call }) {
    const idFor = async (id: string) =>
      (await call('GET /health', undefined, { 'X-Request-Id': id })).headers.get('X-Request-Id') ?? ''
    equal(await idFor('abc-123'), 'abc-123')
    for (const id of ['a b', 'x'.repeat(500), '"quoted"']) match(await idFor(id), /^[0-9a-f-]{36}$/)
  },

  async 'only listed origins may call from a page'({ call }) {
    const allowed = async (Origin: string) =>
      (await call('GET /health', undefined, { Origin })).headers.get('Access-Control-Allow-Origin')
    equal(await allowed(ALLOWED_ORIGIN), ALLOWED_ORIGIN)
    equal(await allowed('https://evil.example.org'), null)
    const asked = { Origin: ALLOWED_ORIGIN, 'Access-Control-Request-Method': 'PATCH' }
    const preflight = await call('OPTIONS /me', undefined, {
      ...asked,
      'Access-Control-Request-Headers': 'authorization',
    })
    expectDone(preflight)
    equal(preflight.headers.get('Access-Control-Allow-Headers'), 'authorization')
    match(preflight.headers.get('Access-Control-Allow-Methods') ?? '', /PATCH/)
  },

  async 'liveness and readiness'({ call }) {
    deepEqual((await call('GET /health')).body, { status: 'ok' })
    deepEqual((await call('GET /ready')).body, { status: 'ready' })
  },

  async 'the docs page loads nothing from another host'({ call }) {
    const page = await call('GET /docs')
    match(page.headers.get('Content-Type') ?? '', /^text\/html; charset=utf-8$/i)
    const files = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file = '']) => file)
    ok(files.length >= 3)
    for (const file of files) {
      match(file, /^[\w/.]+$/) // relative, so that the page works under a path prefix too
      expectStatus(await call(`GET /${file}`), 200)
    }
    const modules = (await call('GET /docs/page.js')).text.match(/(?<=from\s*['"]\.)\/\w+\.js/g) ?? []
    ok(modules.length >= 3)
    for (const module of [...modules, '/page.js', '/page.css'])
      equal(/https?:/.test((await call(`GET /docs${module}`)).text), false, module)
  },

  async '/ leads people to the docs, and gives programs the addresses'({ call }) {
    const person = await call('GET /', undefined, { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    deepEqual([person.status, person.headers.get('Location')], [302, 'docs'])
    const addresses = { docs: 'docs', openapi: 'openapi.json', health: 'health' }
    deepEqual((await call('GET /')).body, { title: 'Hearth', ...addresses })
    match((await call('GET /favicon.ico')).headers.get('Content-Type') ?? '', /^image\/svg\+xml$/)
  },
}
