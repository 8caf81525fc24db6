import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { Api } from '../contract/api.ts'
import type { FaultyProxy } from '../support/faulty-proxy.ts'
import { exchange } from '../support/raw-http.ts'

/** Scenarios of what `fetch` can't send: requests as they are on the wire. */
export const wire: Record<string, (api: Api, database: FaultyProxy, url: string) => Promise<void>> = {
  async 'HEAD has the length of GET, or none'({ call }, _, url) {
    for (const path of ['/health', '/openapi.json', '/docs', '/me', '/nope']) {
      const got = await call(`GET ${path}`)
      const { status, headers, body } = await exchange(url, `HEAD ${path} HTTP/1.1\r\nHost: hearth\r\n\r\n`)
      const length = headers.get('Content-Length')
      deepEqual([status, body], [got.status, ''], path)
      // The request id in a problem has the same length each time.
      if (length !== null) equal(Number(length), new TextEncoder().encode(got.text).length, path)
    }
  },

  async 'a request of HTTP/1.0 needs no Host'(_, __, url) {
    const { status, body } = await exchange(url, 'GET /health HTTP/1.0\r\n\r\n')
    ok(status === 400 || body.includes('{"status":"ok"}'), `${status} ${body}`)
  },

  async 'a Host that names no host is 400'(_, __, url) {
    for (const host of ['a b', 'é', 'x/y?z', 'u@h', 'h:port', '[::1', 'a, b'])
      equal((await exchange(url, `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, 400, host)
    for (const host of ['a.example:8080', '[::1]:80', '127.0.0.1', 'under_score'])
      equal((await exchange(url, `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, 200, host)
  },

  async 'a body of 70 KB is read before its 413, so that no proxy sees a broken pipe'(_, __, url) {
    const head = 'POST /users HTTP/1.1\r\nHost: hearth\r\nContent-Type: application/json\r\n'
    const half = 'x'.repeat(35_000)
    for (const [framing, body] of [
      ['Content-Length: 70000\r\n\r\n', [half, half]],
      ['Transfer-Encoding: chunked\r\n\r\n', [`88b8\r\n${half}\r\n`, `88b8\r\n${half}\r\n0\r\n\r\n`]],
    ] as const) {
      const reply = await exchange(url, head + framing + body[0], { after: body[1], pauseMs: 200 })
      equal(reply.status, 413)
      equal(reply.cameBeforeTheEnd, false)
    }
  },

  async 'a body that stalls is 408, and one that declares far too much 413 at once'(_, __, url) {
    const head = 'POST /users HTTP/1.1\r\nHost: hearth\r\nContent-Type: application/json\r\n'
    const [stalled, huge] = await Promise.all([
      exchange(url, `${head}Content-Length: 50\r\n\r\n{"username":`),
      exchange(url, `${head}Content-Length: 999999999999\r\n\r\n{`),
    ])
    match(stalled.body, /urn:hearth:problem:body_timeout/)
    deepEqual([stalled.status, huge.status], [408, 413])
    ok(huge.ms < 3_000, `413 came after ${huge.ms} ms`)
    ok(stalled.ms > 6_000, `408 came after ${stalled.ms} ms`)
  },
}
