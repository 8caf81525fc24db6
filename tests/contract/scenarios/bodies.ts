import type { Scenarios } from '../api.ts'
import { expectProblem, expectStatus } from '../expect.ts'

const json = { 'Content-Type': 'application/json' }
const OTHER_TYPES = [
  'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data', 'json', ' ',
] // biome-ignore format: a list of values
const BROKEN_JSON = [
  '', ' ', '{', '{"a":', '{"username":', 'undefined', '{}{}', "{'a':1}", '{"a":1,}', 'NaN', '\0', '['.repeat(60_000),
] // biome-ignore format: a list of values
const BROKEN_UTF8 = [
  [0x22, 0xff, 0x22],
  [0x22, 0xc3, 0x22],
  [0x22, 0xed, 0xa0, 0x80, 0x22],
  [0xff, 0xfe, 0x7b, 0, 0x7d, 0],
]
const NOT_OBJECTS = ['null', '[]', '5', '"x"', 'true', '[{}]', '1e400']

export const bodies: Scenarios = {
  async 'a body that is not declared as JSON is 415'({ call }) {
    const body = '{"username":"type-test","password":"correct horse"}'
    for (const type of OTHER_TYPES)
      expectProblem(await call('POST /users', body, { 'Content-Type': type }), 'unsupported_media_type')
    const type = 'Application/JSON; charset=utf-8'
    expectStatus(await call('POST /users', body, { 'Content-Type': type }), 201)
  },

  async 'broken JSON and broken UTF-8 are 400'({ call }) {
    for (const path of ['/users', '/sessions'])
      for (const body of [...BROKEN_JSON, ...BROKEN_UTF8.map((bytes) => Uint8Array.from(bytes))])
        expectProblem(await call(`POST ${path}`, body, json), 'malformed')
  },

  async 'JSON that is not an object is 422'({ call }) {
    for (const body of NOT_OBJECTS) expectProblem(await call('POST /users', body, json), 'invalid')
  },

  async 'more than 64 KiB is 413, chunked too; 64 KiB are not'({ call }) {
    const sized = (bytes: number) => `{"username":"${'x'.repeat(bytes - 15)}"}`
    expectProblem(await call('POST /sessions', sized(65_536)), 'invalid')
    expectProblem(await call('POST /sessions', sized(65_537)), 'too_large')
    expectProblem(await call('POST /users', chunks(sized(65_536)), json), 'invalid')
    expectProblem(await call('POST /users', chunks(sized(200_000)), json), 'too_large')
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
