import { afterAll, describe, expect, test } from 'bun:test'
import { postSql, startEndpoint } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint()
afterAll(() => endpoint.close())
await endpoint.direct`create type mood as enum ('sad', 'so so')`

// The first six are from the tests of Neon's own proxy (test_runner/regress/test_proxy.py).
const CONVERTED: [query: string, params: unknown[], answer: unknown][] = [
  ['select 42', [], 42],
  ['select $1', [42], '42'],
  ['select $1 * 1', [42], 42],
  ['select $1::int[]', [[1, 2, 3]], [1, 2, 3]],
  [`select $1::json->'a'`, [{ a: { b: 42 } }], { b: 42 }],
  ['select $1::jsonb[]', [[{ foo: 1 }, { bar: 'x"y' }]], [{ foo: 1 }, { bar: 'x"y' }]],
  ['select $1::text[]', [['a,b', null, 'c"}\\', '']], ['a,b', null, 'c"}\\', '']],
  ['select $1::bool', [false], false],
  ['select $1::text', [null], null],
  ['select 9007199254740993', [], '9007199254740993'],
  ['select 1.50::numeric', [], '1.50'],
  ['select 1e300::float8', [], 1e300],
  [`select '-Infinity'::float8`, [], '-Infinity'],
  [`select array['1.5', 'NaN']::float4[]`, [], [1.5, 'NaN']],
  [
    'select array[[true, null], [false, true]]',
    [],
    [
      [true, null],
      [false, true],
    ],
  ],
  [`select '[0:1]={1,2}'::int[]`, [], [1, 2]],
  [`select array['sad', 'so so']::mood[]`, [], ['sad', 'so so']],
  [`select '1 2'::int2vector`, [], '1 2'],
]

describe('without raw text, values become JSON as at Neon', () => {
  test.each(CONVERTED)('%s with %j', async (query, params, answer) => {
    const { body } = await postSql(endpoint, { query: `${query} as answer`, params })
    expect(body.rows).toEqual([{ answer }])
  })

  test('JSON keeps its digits', async () => {
    const response = await fetch(`${endpoint.url}/sql`, {
      method: 'POST',
      headers: { 'Neon-Connection-String': endpoint.connectionString() },
      body: JSON.stringify({ query: `select '{"n": [12345678901234567890, 1.10]}'::json as json` }),
    })
    expect(await response.text()).toContain('"rows":[{"json":{"n":[12345678901234567890,1.10]}}]')
  })
})

test.each([
  [{}, [{ n: 1, s: 'a', list: [1, 2] }]],
  [{ 'Neon-Array-Mode': 'true' }, [[1, 'a', [1, 2]]]],
  [{ 'Neon-Raw-Text-Output': 'true' }, [{ n: '1', s: 'a', list: '{1,2}' }]],
  [{ 'Neon-Raw-Text-Output': 'true', 'Neon-Array-Mode': 'true' }, [['1', 'a', '{1,2}']]],
])('rows have the form that %j asks for', async (headers, rows) => {
  const query = `select 1 as n, 'a' as s, '{1,2}'::int[] as list`
  expect((await postSql(endpoint, { query }, headers)).body.rows).toEqual(rows)
})
