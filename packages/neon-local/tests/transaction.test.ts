import { afterAll, describe, expect, test } from 'bun:test'
import { neon } from '@neondatabase/serverless'
import { postSql, startEndpoint } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint({ maxConnections: 1 })
afterAll(() => endpoint.close())
const sql = neon(endpoint.connectionString())
await sql`create table entries (n int primary key)`
await sql`create table pairs (n int references entries deferrable initially deferred)`

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => error.code,
  )

describe('sql.transaction', () => {
  test('runs all of its statements or none', async () => {
    const results = await sql.transaction([
      sql`insert into entries values (1) returning n`,
      sql`select 2 as n`,
    ])
    expect(results).toEqual([[{ n: 1 }], [{ n: 2 }]])
    const failing = sql.transaction([
      sql`insert into entries values (2)`,
      sql`insert into entries values (1)`,
    ])
    expect(await codeOf(failing)).toBe('23505')
    expect(await sql`select n from entries`).toEqual([{ n: 1 }])
  })

  test('reports what fails at the commit', async () => {
    expect(await codeOf(sql.transaction([sql`insert into pairs values (99)`]))).toBe('23503')
    expect(await sql`select n from pairs`).toEqual([])
  })

  test.each(['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable'] as const)(
    'has the isolation level %s',
    async (isolationLevel) => {
      const [rows] = await sql.transaction([sql`show transaction_isolation`], { isolationLevel })
      expect(rows?.[0]?.transaction_isolation.replace(' ', '')).toBe(isolationLevel.toLowerCase())
    },
  )

  test('can be read only and deferrable', async () => {
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const
    const shown = await sql.transaction(
      [sql`show transaction_read_only`, sql`show transaction_deferrable`],
      options,
    )
    expect(shown as unknown).toEqual([[{ transaction_read_only: 'on' }], [{ transaction_deferrable: 'on' }]])
    expect(await codeOf(sql.transaction([sql`insert into entries values (5)`], { readOnly: true }))).toBe(
      '25006',
    )
    const [rows] = await sql.transaction([sql`show transaction_read_only`], { readOnly: false })
    expect(rows?.[0]?.transaction_read_only).toBe('off')
  })

  test('repeats its options in the answer, as Neon does', async () => {
    const asked = {
      'Neon-Batch-Isolation-Level': 'Serializable',
      'Neon-Batch-Read-Only': 'true',
      'Neon-Batch-Deferrable': 'false',
    }
    const { headers } = await postSql(endpoint, { queries: [{ query: 'select 1' }] }, asked)
    expect(headers.get('Neon-Batch-Isolation-Level')).toBe('Serializable')
    expect(headers.get('Neon-Batch-Read-Only')).toBe('true')
    expect(headers.get('Neon-Batch-Deferrable')).toBeNull()
  })

  test('takes arrayMode for each statement', async () => {
    const queries = [
      { query: 'select $1 as answer', params: [42], arrayMode: true },
      { query: 'select $1 as answer', params: [42], arrayMode: false },
    ]
    const { body } = await postSql(endpoint, { queries })
    expect(body.results.map(({ rows }: { rows: unknown }) => rows)).toEqual([[['42']], [{ answer: '42' }]])
    expect((await postSql(endpoint, { queries: [] })).body).toEqual({ results: [] })
  })
})

describe('what a request leaves in its session is gone for the next, on the same connection', () => {
  const pid = async () => (await sql`select pg_backend_pid() as pid`)[0]?.pid
  const leftovers: [what: string, leave: string, look: string, clean: unknown][] = [
    ['a setting', 'set work_mem = 12345', 'show work_mem', { work_mem: '4MB' }],
    ['a role', 'set role pg_monitor', 'select current_user::text as u', { u: 'postgres' }],
    [
      'a temporary table',
      'create temp table left_over (n int)',
      `select to_regclass('left_over') as t`,
      { t: null },
    ],
    [
      'a lock',
      'select pg_advisory_lock(7)',
      `select count(*)::int as n from pg_locks join pg_database on oid = database where locktype = 'advisory' and datname = current_database()`,
      { n: 0 },
    ],
    ['a channel', 'listen left_over', 'select count(*)::int as n from pg_listening_channels()', { n: 0 }],
    [
      'a prepared statement',
      'prepare left_over as select 1',
      'select count(*)::int as n from pg_prepared_statements',
      { n: 0 },
    ],
    [
      'a cursor',
      'declare left_over cursor with hold for select 1',
      'select count(*)::int as n from pg_cursors where name = $$left_over$$',
      { n: 0 },
    ],
    [
      'an open transaction',
      'begin read only',
      'show transaction_read_only',
      { transaction_read_only: 'off' },
    ],
  ]

  test.each(leftovers)('%s', async (_what, leave, look, clean) => {
    const before = await pid()
    await sql.query(leave)
    expect(await sql.query(look)).toEqual([clean] as Record<string, unknown>[])
    expect(await pid()).toBe(before)
  })

  test('a transaction that failed', async () => {
    await sql`begin`
    expect(await codeOf(sql`select 1/0`)).toBe('22012')
    const { body } = await postSql(endpoint, { queries: [{ query: 'begin' }, { query: 'oops' }] })
    expect(body.code).toBe('42601')
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }])
  })

  test('a setting of the connection string stays', async () => {
    const url = new URL(endpoint.connectionString())
    url.searchParams.set('options', '-c statement_timeout=4321')
    url.searchParams.set('application_name', 'mine')
    const other = neon(url.href)
    await other`set statement_timeout = 1234`
    const [row] =
      await other`select current_setting('statement_timeout') as t, current_setting('application_name') as a`
    expect(row).toEqual({ t: '4321ms', a: 'mine' })
  })
})
