import { afterAll, describe, expect, test } from 'bun:test'
import { Client, NeonDbError, neon, neonConfig, Pool } from '@neondatabase/serverless'
import pg from 'pg'
import { startEndpoint } from '../../../tests/support/neon-local.ts'
import { useNeonLocal } from '../src/settings.ts'

const endpoint = await startEndpoint({ maxConnections: 1 }) // one session, so that leaks show
afterAll(() => endpoint.close())
const sql = neon(endpoint.connectionString())

async function failure(work: Promise<unknown>): Promise<NeonDbError> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(NeonDbError)
  return error
}

// Every type that the driver parses, and texts that need escaping on their way.
const VALUES = `
  select 1::int2 as int2, -2147483648 as int4, 9007199254740993::int8 as int8, 1.10::numeric as numeric,
    'infinity'::float8 as inf, 'NaN'::float4 as nan, 0.1::float8 as float8, true as yes, false as no, null::text as nothing,
    e'quote " back \\\\ new\\nline \\u00e9 \\U0001F525' as text, '' as empty, '\\x00ff10'::bytea as bytes,
    '{"big":12345678901234567890,"a":[1,null]}'::jsonb as jsonb, '"text"'::json as json, '2024-02-29'::date as date,
    '2024-02-29 12:00:00.123456+02'::timestamptz as moment, '1 day 02:03:04'::interval as span,
    array[1,null,3] as ints, array[['a','b'],['c,"}','d']] as texts, array[true] as bools,
    array['{"x":1}'::jsonb] as jsons, 'f47ac10b-58cc-4372-a567-0e02b2c3d479'::uuid as uuid, '[1,5)'::int4range as range`

describe('one statement', () => {
  test('gives what the same driver gives over WebSocket, and pg over TCP', async () => {
    const { types } = pg // drizzle changes the parsers of Neon's driver for the whole process
    const query = { text: VALUES, types }
    const websocket = new Client(endpoint.connectionString())
    const tcp = new pg.Client(endpoint.upstream)
    await Promise.all([websocket.connect(), tcp.connect()])
    const [overTcp, overWebSocket] = await Promise.all([tcp.query(query), websocket.query(query)])
    await Promise.all([websocket.end(), tcp.end()])
    const overHttp = await sql.query(VALUES, [], { types })
    expect(overHttp).toEqual(overTcp.rows)
    expect(overHttp).toEqual(overWebSocket.rows)
  })

  test('takes parameters of every kind', async () => {
    const values = [
      7,
      'it\'s "so"',
      true,
      null,
      ['a"b', null, 'c,d'],
      { deep: [1, { x: null }] },
      Buffer.from([0, 255]),
    ]
    const [row] = await sql.query(
      'select $1::int, $2::text, $3::bool, $4::text, $5::text[], $6::jsonb, $7::bytea',
      values,
      { arrayMode: true },
    )
    expect(row as unknown).toEqual(values)
  })

  test('has the options of the driver', async () => {
    const full = neon(endpoint.connectionString(), { arrayMode: true, fullResults: true })
    const { rows, fields, command, rowCount, rowAsArray } = await full`select 1 as a, 'x'::text as a`
    expect({ rows, command, rowCount, rowAsArray }).toEqual({
      rows: [[1, 'x']],
      command: 'SELECT',
      rowCount: 1,
      rowAsArray: true,
    })
    expect(fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
      ['a', 23],
      ['a', 25],
    ])
  })

  test('is reported with its command and its number of rows', async () => {
    const steps = [
      ['create table made (id int)', 'CREATE', null],
      ['insert into made values (1), (2), (3)', 'INSERT', 3],
      ['update made set id = id where id > 1', 'UPDATE', 2],
      ['delete from made', 'DELETE', 3],
      ['drop table made', 'DROP', null],
      ['', '', null],
    ] as const
    for (const [text, command, rowCount] of steps) {
      expect(await sql.query(text, [], { fullResults: true })).toMatchObject({ command, rowCount, rows: [] })
    }
  })

  test('carries a big answer and a big parameter', async () => {
    const [answer] = await sql`select repeat('é', 2000000) as big`
    expect(answer?.big).toBe('é'.repeat(2_000_000))
    const [echo] = await sql`select md5(${'ü'.repeat(2_000_000)}) as md5`
    expect(echo?.md5).toBe(new Bun.CryptoHasher('md5').update('ü'.repeat(2_000_000)).digest('hex'))
    expect((await sql`select generate_series(1, 100000) as n`).length).toBe(100_000)
  })

  test('goes through a Pool with poolQueryViaFetch, which loses the port', async () => {
    const { fetchEndpoint } = neonConfig
    try {
      useNeonLocal(neonConfig, endpoint.port)
      neonConfig.poolQueryViaFetch = true
      const pool = new Pool({ connectionString: endpoint.connectionString() })
      const result = await pool.query('select $1::int as n', [5])
      expect(result.rows).toEqual([{ n: 5 }])
      expect(result).toHaveProperty('viaNeonFetch', true)
      await pool.end()
    } finally {
      Object.assign(neonConfig, { fetchEndpoint, poolQueryViaFetch: false })
      useNeonLocal(neonConfig)
    }
  })
})

describe('errors', () => {
  test('carry the fields of Postgres', async () => {
    await sql`create table taken (id int primary key, name text unique)`
    await sql`insert into taken values (1, 'alice')`
    const error = await failure(sql`insert into taken values (2, 'alice')`)
    expect(error).toMatchObject({
      code: '23505',
      severity: 'ERROR',
      constraint: 'taken_name_key',
      table: 'taken',
      schema: 'public',
      detail: 'Key (name)=(alice) already exists.',
      message: 'duplicate key value violates unique constraint "taken_name_key"',
    })
    expect((await failure(sql`selec 1`)).position).toBe('1')
    expect((await failure(sql.query('select 1; select 2'))).code).toBe('42601')
  })

  test('name a wrong password, an unknown role and an unknown database', async () => {
    const url = new URL(endpoint.connectionString())
    const wrong = Object.assign(new URL(url), { password: 'wrong' }).href
    expect(await failure(neon(wrong)`select 1`)).toMatchObject({ code: '28P01', severity: 'FATAL' })
    const nobody = Object.assign(new URL(url), { username: 'nobody' }).href
    expect((await failure(neon(nobody)`select 1`)).code).toBe('28P01')
    const unknown = await failure(neon(endpoint.connectionString('unknown'))`select 1`)
    expect(unknown.message).toBe('database "unknown" does not exist')
  })

  test('COPY is refused, and the session goes on', async () => {
    expect((await failure(sql`copy (select 1) to stdout`)).code).toBe('0A000')
    await sql`create table copied (n int)`
    expect((await failure(sql`copy copied from stdin`)).code).toBe('0A000')
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }])
  })
})
