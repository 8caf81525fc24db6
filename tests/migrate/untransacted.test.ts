import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Fixture, PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'
import { startPoolerProxy } from '../support/pooler-proxy.ts'

setDefaultTimeout(PATIENT_MS)

const break_ = '\n--> statement-breakpoint\n'
const concurrent = (...statements: string[]) =>
  ['-- hearth: no-transaction', statements.join(break_)].join('\n')
const index = 'create index concurrently a_note on a (note);'

const withIndex: Fixture[] = [
  ...tablesNamed('a'),
  { name: '0001_index', up: concurrent(index), down: concurrent('drop index concurrently a_note;') },
  { name: '0002_after', up: 'create table z ()', down: 'drop table z' },
]

/** Two statements, the second of which works once the table `ready` is there. */
const stopping: Fixture[] = [
  ...tablesNamed('a'),
  {
    name: '0001_two',
    up: concurrent(index, 'insert into ready values (1);', 'create table done ();'),
    down: 'drop table done',
  },
]

/** Three statements, of which the second takes its time. */
const slow: Fixture[] = [
  ...tablesNamed('a'),
  { name: '0001_slow', up: concurrent(index, 'select pg_sleep(0.5);', 'create table b ();') },
]

/** Waits until the first statement of a migration without a transaction is recorded as done. */
async function firstStatement(sql: Bun.SQL): Promise<void> {
  const done = () => sql`select from drizzle.__drizzle_migrations where hearth_done = 1`.catch(() => [])
  while ((await done()).length === 0) await Bun.sleep(5)
}

describe('a migration without a transaction', () => {
  test('runs what none allows, both ways', () =>
    withMigrations(withIndex, async ({ migrate, json, sql }) => {
      expect(await migrate('up')).toMatchObject({ code: 0, err: '' })
      expect(await sql`select from pg_indexes where indexname = 'a_note'`).toHaveLength(1)
      expect((await json('down', '--to', '0000', '--yes')).result.current).toBe('0000_a')
      expect(await sql`select from pg_indexes where indexname = 'a_note'`).toHaveLength(0)
      expect((await json('history')).result.migrations[1]).toMatchObject({
        state: 'pending',
        appliedAt: null,
      })
    }))

  test('needs to say so', () =>
    withMigrations([...tablesNamed('a'), { name: '0001_index', up: index }], async ({ migrate }) => {
      const { code, err } = await migrate('up')
      expect(code).toBe(1)
      expect(err).toContain(
        '0001_index.sql:1: CREATE INDEX CONCURRENTLY cannot run inside a transaction block',
      )
      expect(err).toContain('begin the file with the line `-- hearth: no-transaction`')
    }))

  test('four migrators at once wait for each other instead of blocking it', () =>
    withMigrations(withIndex, async ({ migrate, sql }) => {
      const ended = await Promise.all(Array.from({ length: 4 }, () => migrate('up')))
      expect(ended.map(({ code, err }) => [code, err])).toEqual(Array(4).fill([0, '']))
      expect(await sql`select from drizzle.__drizzle_migrations`).toHaveLength(3)
    }))

  test('stopped half way, is known for that, blocks what follows, and is taken up where somebody says', () =>
    withMigrations(stopping, async ({ migrate, json, sql, tables }) => {
      const failed = await migrate('up')
      expect(failed.code).toBe(1)
      expect(failed.err).toContain('0001_two.sql:4: relation "ready" does not exist')
      expect(failed.err).toContain('RESUME=2')
      expect((await json('history')).result.migrations[1]).toMatchObject({
        state: 'unfinished',
        note: '1 of 3 statements up are done',
      })

      for (const args of [['up'], ['down', '--yes'], ['up', '--resume', '9']]) {
        const { code, result } = await json(...args)
        expect([code, result.error.code]).toEqual([2, 'unfinished'])
        expect(result.error.message).toContain('1 of its 3 statements are done, and number 2 (')
        expect(result.error.message).toContain('`make migrate-up RESUME=2`, or 3')
      }
      await sql`create table ready (id int)`
      expect((await json('up', '--resume', '2')).result).toMatchObject({ applied: [{ name: '0001_two' }] })
      expect(await tables()).toEqual(['a', 'done', 'ready'])
      expect((await json('up', '--resume', '2')).result.error.code).toBe('usage')
      expect((await json('history')).result.migrations[1]).toMatchObject({ state: 'applied', note: '' })
    }))

  test('stopped half way, can be declared done, or never begun', () =>
    withMigrations(stopping, async ({ migrate, json, sql }) => {
      await migrate('up')
      await migrate('stamp', '--rev', '0000')
      expect((await json('current')).result).toEqual({ current: '0000_a', pending: ['0001_two'] })
      await sql`drop index a_note`
      await migrate('up')
      await migrate('stamp', '--rev', '0001')
      expect((await json('current')).result).toEqual({ current: '0001_two', pending: [] })
    }))

  test('on its way in one migrator, is waited for by another', () =>
    withMigrations(slow, async ({ start, json, sql }) => {
      const first = start('up')
      await firstStatement(sql)
      expect((await json('up')).result).toEqual({ applied: [], current: '0001_slow' })
      expect(await first.exited).toBe(0)
    }))

  test('killed, is known for that as soon as the server has let go', () =>
    withMigrations(slow, async ({ start, json, sql, tables }) => {
      const child = start('up')
      await firstStatement(sql)
      child.kill('SIGKILL')
      await child.exited
      const { code, result } = await json('up')
      expect([code, result.error.code]).toEqual([2, 'unfinished'])
      expect(result.error.message).toContain('1 of its 3 statements are done, and number 2 (')
      expect((await json('up', '--resume', '3')).result.current).toBe('0001_slow')
      expect(await tables()).toEqual(['a', 'b'])
    }))

  test('is refused through a pooler, which can not hold its lock', () =>
    withMigrations(withIndex, async ({ migrateOn, url, tables, sql }) => {
      await using pooler = await startPoolerProxy(url)
      const { code, err } = await migrateOn(pooler.url, 'up')
      expect(code).toBe(1)
      expect(err).toContain('0001_index runs outside a transaction')
      expect(err).toContain("not the pooler's")
      expect(await tables()).toEqual(['a'])
      expect(await sql`select from drizzle.__drizzle_migrations`).toHaveLength(1)
    }))
})
