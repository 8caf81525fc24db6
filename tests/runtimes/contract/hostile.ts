import { equal, ok } from 'node:assert/strict'
import type { Answer } from '../../support/exchange.ts'
import { isProblem, rejects, type Scenarios } from './expect.ts'

const ENDPOINTS =
  'POST /users|GET /users|GET /users/1|PATCH /users/1|GET /me|PATCH /me|PUT /me/password|POST /sessions|GET /sessions|DELETE /sessions/0'.split(
    '|',
  )
const WITH_BODY = ENDPOINTS.filter((endpoint) => /^P/.test(endpoint))

const bytes = (...values: number[]) => Uint8Array.from(values)

const VALUES = [
  '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\uffff\\ufffe"', '"\\u202e\\u200d"', '"\ufdfa"', '""',
  '1e400', '-0', '1e-400', '123456789012345678901234567890', 'null', 'true', '[]', '{}', '[[[[]]]]',
  '{"toString":1}', '{"__proto__":{"role":"admin"}}', '{"then":1}', '["a","b"]', `"${'x'.repeat(60_000)}"`,
] // biome-ignore format: a list of values
const NO_TEXT = ['\0', 'a\0b', '\ud800', 'a\udfff']
const CREDENTIALS = [...NO_TEXT, "' or 1=1 --", '\uFDFA'.repeat(50)]
const KEYS = [
  'username',
  'password',
  'email',
  'role',
  'currentPassword',
  'newPassword',
  '__proto__',
  'constructor',
  '\\ud800',
  '',
]

const PATHS = [
  '/users/%', '/users/%E0%A4%A', '/users/%ff%fe', '/users/%00', '/users/%2e%2e%2fme', '/users/..%5c..', '/users/1%2F2',
  '/users/%F0%9F%94%A5', '/users/1;x=1', '/users/0?%', '/users?q=%', '/users?q=%E0%A4%A', '/users?q=%ff', '/users?%00=1',
  '/users?q=%ED%A0%80', '/users?cursor=%00', '/users?cursor=W10', '/users?cursor=bnVsbA', '/users?cursor=WyJpZCIsMSwxXQ==',
  '/users?cursor=gICA', '/users?q[]=1', '/users?&&&==', `/users?q=${'%F0%9F%94%A5'.repeat(200)}`, '/me?x=1', '/me#x', '/sessions/%',
  `/users/${'9'.repeat(5000)}`, `/${'a/'.repeat(2000)}`, `/${'%41'.repeat(1000)}`, '/*', '/users/*', '/users/:id', '/.%00', '/%F0',
] // biome-ignore format: a list of paths

const HEADERS: Record<string, string>[] = [
  { 'User-Agent': '\u00ff\u00fe' }, { 'User-Agent': 'x'.repeat(8000) }, { 'X-Request-Id': '\u00e9' }, { Cookie: 'a='.repeat(3000) },
  { Accept: 'text/html;q=x' }, { 'Accept-Encoding': 'br;q=-1, *;q=2' }, { Origin: 'null' }, { Origin: '\u00ff' }, { Range: 'bytes=9-1' },
  { 'If-None-Match': '*' }, { 'X-HTTP-Method-Override': 'DELETE' }, { 'X-Forwarded-For': "1'; drop table users" },
  { 'CF-Connecting-IP': 'not an address\u00ff' }, { 'CF-Connecting-IP': `${'f:'.repeat(500)}:` }, { Forwarded: 'for="[' },
] // biome-ignore format: a list of headers

const METHODS = ['PROPFIND', 'MKCOL', 'PURGE', 'LOCK', 'SEARCH', 'get', 'Patch']

// Everything sent from outside gets an answer of the app's own, and none is the app's fault.
function isHandled(answer: Answer, what: string): void {
  ok(answer.status < 500, `${what} → ${answer.status} ${answer.text}`)
  if (answer.status >= 400 && answer.text !== '') isProblem(answer, answer.status)
}

export const hostile: Scenarios = {
  async 'no value in any field is a fault'(api) {
    for (const endpoint of WITH_BODY) {
      for (const key of KEYS) {
        const pairs = VALUES.map((value) => `{"${key}":${value}}`)
        const answers = await Promise.all(
          pairs.map((body) => api.call(endpoint, { body, token: api.admin.token })),
        )
        for (const [index, answer] of answers.entries())
          isHandled(answer, `${endpoint} ${pairs[index]?.slice(0, 60)}`)
      }
    }
    equal((await api.call('GET /me', { token: api.admin.token })).body.role, 'admin')
  },

  async 'no credentials are a fault'(api) {
    for (const text of CREDENTIALS) {
      const { username, token } = await api.member() // each has ten attempts
      isProblem(await api.signIn(text, 'wrong'), NO_TEXT.includes(text) ? 422 : 401)
      isProblem(await api.signIn(username, text), 401)
      const body = { currentPassword: text, newPassword: 'a better battery' }
      rejects(await api.call('PUT /me/password', { token, body }), 422, '/currentPassword')
    }
  },

  async 'no path or query is a fault'(api) {
    for (const path of PATHS) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        if (method === 'DELETE' && path.startsWith('/me')) continue
        isHandled(
          await api.call(`${method} ${path}`, { token: api.admin.token }),
          `${method} ${path.slice(0, 60)}`,
        )
      }
    }
  },

  async 'no header is a fault'(api) {
    for (const headers of HEADERS) {
      const what = JSON.stringify(headers).slice(0, 60)
      for (const endpoint of ENDPOINTS)
        isHandled(await api.call(endpoint, { headers, token: api.admin.token }), `${endpoint} ${what}`)
      const body = { username: 'nobody-at-all', password: 'x' }
      isHandled(
        await api.call('POST /sessions', { headers, body: JSON.stringify({ ...body, extra: 1 }) }),
        `POST /sessions ${what}`,
      )
    }
  },

  async 'no method is a fault'(api) {
    for (const method of METHODS)
      for (const path of ['/users/1', '/me', '/nope'])
        isHandled(await api.call(`${method} ${path}`), `${method} ${path}`)
  },

  async 'a body that lies about itself is no fault'(api) {
    const json = { 'Content-Type': 'application/json' }
    const encoded = { ...json, 'Content-Encoding': 'gzip' }
    const bodies = [
      '{}',
      bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0),
      bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d),
      bytes(0),
      '\ufeff{}',
    ]
    for (const endpoint of WITH_BODY)
      for (const body of bodies)
        for (const headers of [json, encoded])
          isHandled(await api.call(endpoint, { body, headers, token: api.admin.token }), endpoint)
  },

  async 'whoever is signed in still is, and the app answers'(api) {
    equal((await api.call('GET /me', { token: api.admin.token })).status, 200)
    equal((await api.call('GET /ready')).status, 200)
  },
}
