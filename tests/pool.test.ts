import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import { connect as overBun } from '../src/db/bun-sql.ts'
import type { Connection, Db } from '../src/db/db.ts'
import { FOR_REQUESTS, type Limits } from '../src/db/limits.ts'
import { connect as overPostgresJs } from '../src/db/postgres-js.ts'
import { queryFault } from '../src/db/sql-error.ts'
import { inWork, outsideWork, type Work } from '../src/db/work.ts'
import { startFaultyProxy } from './support/faulty-proxy.ts'
import { freshDatabase } from './support/fresh-database.ts'

setDefaultTimeout(30_000) // statements wait for real, and the machine may be busy

const database = await freshDatabase('pool')
const proxy = await startFaultyProxy(database.url)
const connections: Connection[] = []
afterEach(async () => {
  await Promise.all(connections.splice(0).map(({ close }) => close()))
})
afterAll(async () => {
  await proxy.stop()
  await database.drop()
})

const limits: Limits = { ...FOR_REQUESTS, size: 2 }

/** The work of a request that can be ended. */
function work(): Work & { end: (reason: Error) => void } {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    stage: null,
    waited: {},
    events: [],
    end: (reason) => controller.abort(reason),
  }
}

const reasonOf = (statement: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(statement).then(() => 'no error', queryFault)

const sleep = (db: Db, seconds: number) => db.execute(sql`select pg_sleep(${seconds})`)
const rows = async <Row>(db: Db, query: SQL) => [...((await db.execute(query)) as unknown as Row[])]
const sleeping = async (db: Db) => {
  const query = sql`select from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and datname = current_database() and pid <> pg_backend_pid()`
  return (await rows(db, query)).length
}

describe.each([
  ['Bun.SQL', overBun],
  ['postgres.js', overPostgresJs],
])('over %s', (_, connect) => {
  const open = (changes: Partial<Limits> = {}): Db => {
    const connection = connect(proxy.url, { ...limits, ...changes })
    connections.push(connection)
    return connection.db
  }

  test("a statement is cancelled when its request's work ends", async () => {
    const db = open()
    const request = work()
    const statement = inWork(request, () => reasonOf(sleep(db, 20)))
    await Bun.sleep(200)
    expect(await sleeping(db)).toBe(1)
    request.end(new Error('The client left.'))
    expect(await statement).toEqual(new Error('The client left.'))
    expect(await sleeping(db)).toBe(0)
    expect([request.stage, Number(request.waited.query) > 150]).toEqual(['query', true])
  })

  test('work that has ended sends no statement, but what is outside it does', async () => {
    const db = open()
    await db.execute('select 1')
    const request = work()
    request.end(new Error('too late'))
    const sent = proxy.statements()
    expect(await inWork(request, () => reasonOf(db.execute('select 2')))).toEqual(new Error('too late'))
    expect(proxy.statements()).toBe(sent)
    await inWork(request, () => outsideWork(() => db.execute('select 3')))
    expect(proxy.statements()).toBeGreaterThan(sent)
  })

  test('the server ends statements that run too long or wait too long for a lock', async () => {
    const db = open({ statementMs: 700, lockMs: 300 })
    expect(await reasonOf(sleep(db, 20))).toMatchObject({
      message: expect.stringContaining('statement timeout'),
    })
    await using other = new Bun.SQL(database.url, { max: 1 })
    await other.begin(async (tx) => {
      await tx`lock table users`
      expect(await reasonOf(db.execute('select from users'))).toMatchObject({
        message: expect.stringContaining('lock timeout'),
      })
    })
  })

  test('a statement waits for a connection no longer than it may', async () => {
    const db = open({ turnMs: 300 })
    const running = [reasonOf(sleep(db, 1)), reasonOf(sleep(db, 1))]
    expect(await reasonOf(db.execute('select 1'))).toMatchObject({
      code: 'unavailable',
      message: 'The database is busy; try again shortly.',
    })
    await Promise.all(running)
    await db.execute('select 1')
  })

  test('connections that went silent are replaced', async () => {
    const db = open({ statementMs: 400, silentMs: 300 })
    await Promise.all([sleep(db, 0.1), sleep(db, 0.1)])
    proxy.silence()
    const statement = (n: number) => reasonOf(db.execute(sql`select ${n}::int`)) // drivers prepare it first
    const reasons = await Promise.all([statement(1), statement(2)])
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'unavailable' })
    await db.execute('select 1')
  })

  test('statements that wait when the pool is replaced go to the new one', async () => {
    const db = open({ statementMs: 400, silentMs: 300 })
    await Promise.all([sleep(db, 0.1), sleep(db, 0.1)])
    proxy.silence()
    const statements = Array.from({ length: 6 }, () => reasonOf(db.execute('select 1')))
    const outcomes = await Promise.all(statements)
    expect(outcomes.filter((outcome) => outcome === 'no error').length).toBe(4)
  })

  test('after a failover the pool leaves the server that can only be read', async () => {
    await using admin = new Bun.SQL(database.url, { max: 1 })
    await admin`alter database pool set default_transaction_read_only = on`
    const db = open()
    await db.execute('select 1')
    await admin`alter database pool set default_transaction_read_only = off`
    const write = () => db.execute('update users set updated_at = now()')
    expect(await reasonOf(write())).toMatchObject({ message: expect.stringContaining('read-only') })
    await write()
  })

  test('the formats of the server do not matter', async () => {
    await using admin = new Bun.SQL(database.url, { max: 1 })
    await admin`alter database pool set datestyle = 'SQL, DMY'`
    await admin`alter database pool set timezone = 'America/St_Johns'`
    const [row] = await rows<{ at: string }>(
      open(),
      sql`select timestamptz '2026-11-25T12:00:00Z'::text as at`,
    )
    await admin`alter database pool reset datestyle`
    await admin`alter database pool reset timezone`
    expect(row?.at).toBe('2026-11-25 12:00:00+00')
  })
})
