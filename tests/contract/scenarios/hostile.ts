import { ok } from 'node:assert/strict'
import { PASSWORD, type Reply, type Scenarios } from '../api.ts'
import { expectProblem, expectSignedIn, expectStatus, expectUser } from '../expect.ts'

const ENDPOINTS = [
  'POST /users', 'GET /users', 'GET /users/1', 'PATCH /users/1', 'GET /me', 'PATCH /me', 'PUT /me/password', 'POST /sessions',
  'GET /sessions', 'DELETE /sessions/0',
] // biome-ignore format: a list of requests
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
  'username', 'password', 'email', 'role', 'currentPassword', 'newPassword', '__proto__', 'constructor', '\\ud800', '',
] // biome-ignore format: a list of keys

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

const LYING_BODIES = [
  '{}',
  '\ufeff{}',
  bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0),
  bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d),
  bytes(0),
]
// On Workers an address may have so many requests that could hash in progress (src/http/room.ts).
const AT_ONCE = 8
const METHODS = ['PROPFIND', 'MKCOL', 'PURGE', 'LOCK', 'SEARCH', 'get', 'Patch']

// That a 4xx is a proper problem, and that a 500 is none of ours, the client checks with every response.
function expectHandled(reply: Reply): void {
  ok(reply.status < 500, `${reply.request} → ${reply.status}: ${reply.text}`)
}

/** No input may be a fault of the app, and every response is one that the document has. */
export const hostile: Scenarios = {
  async 'no value in any field is a fault'({ admin }) {
    const { call } = await admin()
    for (const endpoint of WITH_BODY) {
      for (const key of KEYS) {
        const bodies = VALUES.map((value) => `{"${key}":${value}}`)
        for (let i = 0; i < bodies.length; i += AT_ONCE)
          for (const reply of await Promise.all(
            bodies.slice(i, i + AT_ONCE).map((body) => call(endpoint, body)),
          ))
            expectHandled(reply)
      }
    }
    expectUser(await call('GET /me'), 200, { role: 'admin' })
  },

  async 'no credentials are a fault'({ member, signIn }) {
    const [alice, bob] = [await member(), await member()] // one each, since attempts are limited for each account
    for (const text of CREDENTIALS) {
      expectProblem(await signIn(text, 'wrong'), NO_TEXT.includes(text) ? 'invalid' : 'bad_credentials')
      expectProblem(await signIn(alice.username, text), 'bad_credentials')
      const body = { currentPassword: text, newPassword: 'a better battery' }
      expectProblem(await bob.call('PUT /me/password', body), 'invalid', '/currentPassword')
    }
  },

  async 'no path or query is a fault'({ admin }) {
    const boss = await admin()
    for (const path of PATHS) {
      expectHandled(await boss.call(`GET ${path}`))
      expectHandled(await boss.call(`PATCH ${path}`))
      if (!path.startsWith('/me')) expectHandled(await boss.call(`DELETE ${path}`))
    }
    await expectSignedIn(boss)
  },

  async 'no header is a fault'({ admin }) {
    const { call } = await admin()
    for (const headers of HEADERS) {
      for (const endpoint of ENDPOINTS) expectHandled(await call(endpoint, undefined, headers))
      const body = { username: 'nobody-at-all', password: PASSWORD, extra: 1 }
      expectHandled(await call('POST /sessions', body, headers))
    }
  },

  async 'no method is a fault'({ call }) {
    for (const method of METHODS)
      for (const path of ['/users/1', '/me', '/nope']) expectHandled(await call(`${method} ${path}`))
  },

  async 'a body that lies about itself is no fault'({ admin }) {
    const { call } = await admin()
    const json = { 'Content-Type': 'application/json' }
    for (const endpoint of WITH_BODY)
      for (const body of LYING_BODIES)
        for (const headers of [json, { ...json, 'Content-Encoding': 'gzip' }])
          expectHandled(await call(endpoint, body, headers))
    expectStatus(await call('GET /ready'), 200)
  },
}
