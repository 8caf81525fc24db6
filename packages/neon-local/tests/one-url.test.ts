import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Pool as NeonPool, neon } from '@neondatabase/serverless'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import postgres from 'postgres'
import { eventually, startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'
import { run } from './support/cli.ts'
import { startFront } from './support/front.ts'

const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
const endpoint = await startEndpoint({ idleTimeoutMs: 100 })
const url = endpoint.connectionString()
afterAll(async () => {
  await endpoint.close()
  rmSync(folder, { recursive: true })
})

/** The answer of one query by every client that speaks to an endpoint. */
const clients: Record<string, (url: string) => Promise<unknown>> = {
  'Neon’s driver over HTTP': async (url) => (await neon(url)`select 42 as n`)[0]?.n,
  async 'Neon’s driver over WebSocket'(url) {
    const client = new Client(url)
    await client.connect()
    const { rows } = await client.query('select 42 as n')
    await client.end()
    return rows[0].n
  },
  async pg(url) {
    const client = new pg.Client(url)
    await client.connect()
    const { rows } = await client.query('select $1::int as n', [42])
    await client.end()
    return rows[0].n
  },
  async 'postgres.js'(url) {
    const client = postgres(url, { max: 1 })
    const [row] = await client`select ${42}::int as n`
    await client.end()
    return row?.n
  },
  async 'Bun.SQL'(url) {
    const client = new Bun.SQL(url, { max: 1 })
    const [row] = await client`select ${42}::int as n`
    await client.end()
    return row.n
  },
  async 'Kysely over pg'(url) {
    const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) })
    const { rows } = await sql<{ n: number }>`select ${42}::int as n`.execute(db)
    await db.destroy()
    return rows[0]?.n
  },
  async 'Kysely over Neon’s driver'(url) {
    const db = new Kysely({
      dialect: new PostgresDialect({ pool: new NeonPool({ connectionString: url }) as unknown as pg.Pool }),
    })
    const { rows } = await sql<{ n: number }>`select ${42}::int as n`.execute(db)
    await db.destroy()
    return rows[0]?.n
  },
}
const psql = Bun.which('psql')
if (psql) clients.psql = async (url) => Number((await run([psql, url, '-Atc', 'select 42'])).out)

describe('one connection string', () => {
  test.each(Object.entries(clients))('serves %s', async (_name, ask) => {
    expect(await ask(url)).toBe(42)
  })

  test.each(Object.entries(clients))('serves %s with the options of Neon’s proxy', async (_name, ask) => {
    for (const options of [
      'endpoint=ep-cool-name',
      'project=ep-cool-name',
      'neon_lsn:0/1 endpoint=ep -c work_mem=8MB',
    ])
      expect(await ask(`${url}?options=${encodeURIComponent(options)}`)).toBe(42)
  })

  test.each(Object.entries(clients))('serves %s in front of a Unix socket', async (_name, ask) => {
    const front = await startFront(endpoint.upstream, { path: join(folder, '.s.PGSQL.5432') })
    const { username, password, pathname } = new URL(endpoint.upstream)
    const local = await startLocal({
      upstream: `postgres://${username}:${password}@${pathname}?host=${encodeURIComponent(folder)}`,
    })
    expect(await ask(local.connectionString())).toBe(42)
    await local.stop()
    front.stop()
  })

  test('serves a client to the end that sends all it has and says goodbye', async () => {
    await endpoint.direct`create table hasty (n int)`
    const client = new pg.Client(url)
    client.on('error', () => {}) // the end, which it did not ask for itself
    await client.connect()
    const { connection } = client as unknown as { connection: { query(sql: string): void; end(): void } }
    connection.query('select pg_sleep(0.3); insert into hasty values (1)')
    connection.end()
    expect(await eventually(async () => (await endpoint.direct`select n from hasty`).length, 1)).toBe(1)
  })

  test('serves drizzle-kit', async () => {
    const schema = join(folder, 'schema.ts')
    await Bun.write(
      schema,
      "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const pushed = pgTable('pushed', { name: text().primaryKey() })\n",
    )
    const kit = [
      'node_modules/drizzle-kit/bin.cjs',
      'push',
      '--dialect=postgresql',
      `--schema=${schema}`,
      '--tablesFilter=pushed',
      `--url=${url}`,
    ]
    const { code, out } = await run([process.execPath, ...kit])
    expect([code, out]).toEqual([0, expect.stringContaining('Changes applied')])
    expect(await endpoint.direct`insert into pushed values ('it') returning name`).toHaveLength(1)
  }, 30_000)

  test('takes only Neon’s own options out', async () => {
    const asked = `${url}?options=${encodeURIComponent('endpoint=ep-x -c work_mem=8MB -c app.note=a\\ b')}`
    const client = new pg.Client(asked)
    await client.connect()
    const shown = "select current_setting('work_mem') as mem, current_setting('app.note') as note"
    const expected = [{ mem: '8MB', note: 'a b' }]
    expect((await client.query(shown)).rows).toEqual(expected)
    expect(await neon(asked).query(shown)).toEqual(expected)
    await client.end()
  })
})
