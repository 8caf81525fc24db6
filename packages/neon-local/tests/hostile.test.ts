import { afterAll, describe, expect, test } from 'bun:test'
import { postSql, startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint()
afterAll(() => endpoint.close())

const MIB = 1024 * 1024
const select1 = { query: 'select 1' }
const connection = (text: string) => ({ 'Neon-Connection-String': text })
const notUtf8 = new Blob([
  new Uint8Array([...Buffer.from('{"query":"select \''), 0xff, ...Buffer.from('\'"}')]),
])

const REFUSED: [
  what: string,
  body: unknown,
  headers: Record<string, string>,
  status: number,
  message: RegExp,
][] = [
  ['no JSON', '{"query":', {}, 400, /could not parse the HTTP request body/],
  ['no body', '', {}, 400, /could not parse/],
  ['an array', [], {}, 400, /could not parse/],
  ['neither query nor queries', {}, {}, 400, /neither "query" nor "queries"/],
  ['a query that is not a text', { query: 1 }, {}, 400, /could not parse/],
  ['queries that are numbers', { queries: [1] }, {}, 400, /could not parse/],
  [
    'params that are not an array',
    { query: 'select 1', params: { a: 1 } },
    {},
    400,
    /"params" is not an array/,
  ],
  ['a NUL in the query', { query: 'select 1\0' }, {}, 400, /NUL/],
  ['a NUL in a parameter', { query: 'select $1', params: ['\0'] }, {}, 400, /invalid byte sequence/],
  ['half a surrogate pair', '{"query":"select $1","params":["\\ud800"]}', {}, 400, /surrogate/],
  [
    'a bottomless array',
    `{"query":"select $1","params":[${'['.repeat(1e5)}${']'.repeat(1e5)}]}`,
    {},
    400,
    /too deeply/,
  ],
  ['too many parameters', { query: 'select 1', params: Array(65_537).fill('x') }, {}, 400, /more than 65535/],
  ['bytes that are not UTF-8', notUtf8, {}, 400, /could not parse/],
  ['too few parameters', { query: 'select $1::int', params: [] }, {}, 400, /supplies 0 parameters/],
  [
    'too large a body',
    { query: 'x'.repeat(11 * MIB) },
    {},
    413,
    /request is too large \(max is 10485760 bytes\)/,
  ],
  ['no connection string', select1, connection(''), 400, /invalid header: neon-connection-string/],
  [
    'a connection string that is not a URL',
    select1,
    connection('nonsense'),
    400,
    /invalid connection string/,
  ],
  ['a wrong scheme', select1, connection('http://u:p@h/d'), 400, /incorrect scheme/],
  ['no user', select1, connection('postgres://h/d'), 400, /missing username/],
  ['no password', select1, connection('postgres://u@h/d'), 400, /required password/],
  ['no database', select1, connection('postgres://u:p@h'), 400, /missing database name/],
  [
    'a startup parameter smuggled in',
    select1,
    connection('postgres://u%00x:p@h/d'),
    400,
    /invalid connection string/,
  ],
  ['a JWT', select1, { Authorization: 'Bearer x' }, 400, /JWT needs the keys/],
  [
    'an unknown isolation level',
    { queries: [] },
    { 'Neon-Batch-Isolation-Level': 'constructor' },
    400,
    /invalid isolation level/,
  ],
  [
    'too large an answer',
    { query: `select repeat('x', 1000), generate_series(1, 1000000000)` },
    {},
    507,
    /response is too large \(max is 10485760 bytes\)/,
  ],
]

describe('a request is refused in Neon’s shape for', () => {
  test.each(REFUSED)('%s', async (_what, body, headers, status, message) => {
    const answer = await postSql(endpoint, body, headers)
    expect(answer.status).toBe(status)
    expect(answer.body.message).toMatch(message)
    expect(Object.keys(answer.body)).toContain('routine')
    expect((await postSql(endpoint, select1)).status).toBe(200)
  })

  test('too large a body that does not say its size', async () => {
    const chunk = new Uint8Array(MIB)
    let left = 30
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    })
    const headers = { 'Neon-Connection-String': endpoint.connectionString() }
    const response = await fetch(`${endpoint.url}/sql`, { method: 'POST', headers, body })
    expect(response.status).toBe(413)
    expect((await response.json()).message).toMatch(/too large/)
  })

  test('an unreachable Postgres', async () => {
    const away = await startLocal({ upstream: 'postgres://postgres:x@127.0.0.1:1/away' })
    const answer = await postSql(away, select1)
    expect([answer.status, answer.body.message]).toEqual([
      500,
      'Could not connect to Postgres at 127.0.0.1:1: ECONNREFUSED',
    ])
    await away.stop()
  })

  test('Postgres taking no more connections', async () => {
    const role = `limited_${crypto.randomUUID().slice(0, 8)}`
    await endpoint.direct.unsafe(`create role ${role} login password 'secret' connection limit 0`)
    const url = Object.assign(new URL(endpoint.connectionString()), {
      username: role,
      password: 'secret',
    }).href
    const { status, body } = await postSql(endpoint, select1, connection(url))
    await endpoint.direct.unsafe(`drop role ${role}`)
    expect([status, body.code]).toEqual([500, '53300'])
    expect(body.message).toContain('too many connections')
  })
})
