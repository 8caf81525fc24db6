import { deepEqual, equal } from 'node:assert/strict'
import { isProblem, type Scenarios } from './expect.ts'

const json = { 'Content-Type': 'application/json' }

export const protocol: Scenarios = {
  async 'unknown addresses are 404'(api) {
    for (const path of ['/', '/nope', '/users/1/x', '/me/x', '//', '/users/', '/Users', '/%6De/x'])
      isProblem(await api.call(`GET ${path}`), 404)
  },

  async 'other methods are 405 with those that the address knows'(api) {
    const answer = await api.call('PUT /users/1')
    isProblem(answer, 405)
    equal(answer.headers.get('Allow'), 'GET, PATCH, DELETE, HEAD')
    for (const request of ['DELETE /sessions', 'POST /health', 'PATCH /users', 'DELETE /docs'])
      isProblem(await api.call(request), 405)
    const options = await api.call('OPTIONS /me/password')
    deepEqual([options.status, options.headers.get('Allow'), options.text], [204, 'PUT', ''])
  },

  async 'HEAD answers like GET, without a body'(api) {
    const { status, headers, text } = await api.call('HEAD /health')
    deepEqual([status, headers.get('Content-Type'), text], [200, 'application/json', ''])
    equal((await api.call('HEAD /me')).status, 401)
  },

  async 'a body that is no JSON is 415'(api) {
    const body = '{"username":"type-test","password":"correct horse"}'
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data',
      'json',
    ]
    for (const type of types)
      isProblem(await api.call('POST /users', { body, headers: { 'Content-Type': type } }), 415)
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' }
    equal((await api.call('POST /users', { body, headers })).status, 201)
  },

  async 'broken JSON and broken UTF-8 are 400'(api) {
    const broken = [
      '',
      ' ',
      '{',
      '{"a":',
      'undefined',
      '{}{}',
      "{'a':1}",
      '{"a":1,}',
      'NaN',
      '\0',
      '['.repeat(60_000),
    ]
    for (const body of broken) isProblem(await api.call('POST /sessions', { body, headers: json }), 400)
    const bytes = [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x7b, 0, 0x7d, 0],
    ]
    for (const body of bytes)
      isProblem(await api.call('POST /sessions', { body: Uint8Array.from(body), headers: json }), 400)
  },

  async 'JSON that is no object is 422'(api) {
    for (const body of ['null', '[]', '5', '"x"', 'true', '[{}]', '1e400'])
      isProblem(await api.call('POST /users', { body, headers: json }), 422)
  },

  async 'more than 64 KiB is 413, chunked too; 64 KiB are not'(api) {
    const sized = (bytes: number) => `{"username":"${'x'.repeat(bytes - 15)}"}`
    isProblem(await api.call('POST /sessions', { body: sized(65_536) }), 422)
    isProblem(await api.call('POST /sessions', { body: sized(65_537) }), 413)
    isProblem(await api.call('POST /users', { body: chunks(sized(65_536)), headers: json }), 422)
    isProblem(await api.call('POST /users', { body: chunks(sized(200_000)), headers: json }), 413)
  },

  async 'a token that does not hold is 401'(api) {
    const bad = [
      '',
      'Bearer',
      'Bearer ',
      'Basic dTpw',
      'Bearer x',
      `Bearer ${'A'.repeat(43)}`,
      "Bearer ' or 1=1 --",
    ]
    for (const Authorization of [...bad, `Bearer ${'A'.repeat(5000)}`, `Bearer ${api.admin.token}x`])
      for (const path of ['/me', '/sessions', '/users', '/users/1'])
        isProblem(await api.call(`GET ${path}`, { headers: { Authorization } }), 401)
    const headers = { Authorization: `bearer ${api.admin.token}` }
    equal((await api.call('GET /me', { headers })).status, 200)
  },
}

function chunks(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + 10_000))
      at += 10_000
    },
  })
}
