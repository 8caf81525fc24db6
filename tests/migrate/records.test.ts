import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

describe('current and history', () => {
  test('change nothing in a database that was never migrated', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ json, migrate, sql }) => {
      expect((await json('current')).result).toEqual({ current: null, pending: ['0000_a', '0001_b'] })
      expect((await migrate('current')).out).toMatch(/ is at none; 2 pending: 0000_a, 0001_b\.$/)
      expect((await migrate('history')).out).toMatch(/^0000_a {2}pending {5}-\n0001_b {2}pending {5}-$/)
      expect(await sql`select to_regnamespace('drizzle') as found`).toEqual([{ found: null }])
    }))

  test('show every state', () =>
    withMigrations(tablesNamed('a', 'b', 'c', 'd', 'e'), async ({ migrate, json, edit, remove, sql, up }) => {
      await up('0003')
      edit('0001_b.sql', 'create table other ()')
      edit('0000_a.down.sql', 'drop table a cascade')
      remove('0002_c.sql')
      remove('0003_d.down.sql')
      await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 1700000009000)`
      expect((await migrate('current')).out).toMatch(
        / is at 0003_d; 1 pending: 0004_e\.\n0001_b is edited; .*\n0002_c is missing; .*$/,
      )
      const { result } = await json('history')
      expect(
        result.migrations.map(({ name, state, note }: Record<string, string>) => [name, state, note]),
      ).toEqual([
        ['0000_a', 'applied', 'its down migration was edited'],
        ['0001_b', 'edited', ''],
        ['0002_c', 'missing', ''],
        ['0003_d', 'applied', 'has no down migration'],
        ['0004_e', 'pending', ''],
        ['(dated 2023-11-14T22:13:29.000Z)', 'unknown', 'not in this folder'],
      ])
      const times = result.migrations.map(({ appliedAt }: { appliedAt: string | null }) => appliedAt)
      expect(times[4]).toBeNull()
      for (const time of [...times.slice(0, 4), times[5]]) {
        expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(600_000)
      }
    }))
})

describe('stamp', () => {
  test('records a revision without running anything, both ways', () =>
    withMigrations(tablesNamed('a', 'b', 'c'), async ({ json, migrate, tables }) => {
      expect((await json('stamp', '--rev', '0001')).result.current).toBe('0001_b')
      expect((await json('current')).result).toEqual({ current: '0001_b', pending: ['0002_c'] })
      expect(await tables()).toEqual([])
      await migrate('stamp', '--rev', 'none')
      expect((await json('current')).result.current).toBeNull()
      expect((await json('stamp')).result.error.code).toBe('usage')
      expect((await json('stamp', '--rev', '9')).result.error.code).toBe('unknown_revision')
    }))

  test('accepts edited files and forgets unknown ones, and keeps the dates of the others', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ json, migrate, edit, sql, up }) => {
      await up()
      const before = (await json('history')).result.migrations
      edit('0001_b.sql', 'create table b (id int primary key, note text); -- other words')
      await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 1700000009000)`
      expect((await json('stamp', '--rev', '0001')).result.changes).toEqual([
        'Forgot one dated 2023-11-14T22:13:29.000Z, which is not in the folder.',
        'Accepted the files of 0001_b as they are.',
      ])
      expect((await json('history')).result.migrations).toEqual(before)
      expect((await migrate('up')).code).toBe(0)
    }))
})

describe('drop', () => {
  test('deletes the last migration with all that belongs to it, unless it is applied', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ json, edit, folder, up }) => {
      const journal = join(folder, 'meta/_journal.json')
      const before = readFileSync(journal, 'utf8')
      edit('meta/0000_snapshot.json', '{}')
      edit('meta/0001_snapshot.json', '{}')
      await up('0000')
      expect((await json('drop')).result).toEqual({
        dropped: '0001_b',
        files: ['0001_b.sql', '0001_b.down.sql', 'meta/0001_snapshot.json'].map((file) => join(folder, file)),
      })
      const { entries, ...rest } = JSON.parse(before)
      expect(readFileSync(journal, 'utf8')).toBe(
        JSON.stringify({ ...rest, entries: entries.slice(0, 1) }, null, 2),
      )
      expect(readdirSync(folder).sort()).toEqual(['0000_a.down.sql', '0000_a.sql', 'meta'])
      expect((await json('drop')).result.error.code).toBe('still_applied')
      expect(existsSync(join(folder, 'meta/0000_snapshot.json'))).toBe(true)
      expect((await json('current')).result).toEqual({ current: '0000_a', pending: [] })
    }))
})

describe('plan', () => {
  test('is what up would run, and psql can run it in its place', () =>
    withMigrations(tablesNamed('a', 'b', 'c'), async ({ json, migrate, sql, tables, up }) => {
      await up('0000')
      const { code, out } = await migrate('plan', '--to', '0001')
      expect(code).toBe(0)
      expect(out).toContain('create table b')
      expect(out).not.toMatch(/create table (a|c) /)
      expect(await tables()).toEqual(['a'])
      await sql.unsafe(withoutPsql(out))
      expect((await json('current')).result).toEqual({ current: '0001_b', pending: ['0002_c'] })
      expect((await migrate('up')).code).toBe(0)
      const back = (await migrate('plan', '--to', '0000')).out
      expect(back.indexOf('drop table c')).toBeLessThan(back.indexOf('drop table b'))
      await sql.unsafe(withoutPsql(back))
      expect(await tables()).toEqual(['a'])
      expect((await json('current')).result.current).toBe('0000_a')
      expect((await migrate('plan', '--to', '0000')).out).toBe('-- Nothing to run.')
    }))

  test('is a script that stops at an error, and a second run of it at the first guard', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        { name: '0001_fails', up: 'create table b (); select 1 / 0;' },
        { name: '0002_c', up: 'create table c ()' },
      ],
      async ({ migrate, url, tables, json, edit }) => {
        await using one = new Bun.SQL(url, { max: 1 })
        const run = (part: string) =>
          one.unsafe(part).catch(async (error: Error) => {
            await one.unsafe('rollback')
            return error.message
          })
        const { out } = await migrate('plan')
        expect(out.split('\n')[0]).toBe('\\set ON_ERROR_STOP on')
        // As a client runs it that heeds no \set: each transaction by itself, whatever became of the one before.
        const parts = withoutPsql(out).split(/^-- .*$/m)
        for (const part of parts) await run(part)
        expect(await tables()).toEqual(['a'])
        expect((await json('current')).result.current).toBe('0000_a')

        edit('0001_fails.sql', 'create table b ()')
        const right = withoutPsql((await migrate('plan')).out)
        await run(right)
        expect((await json('current')).result.current).toBe('0002_c')
        expect(await run(right)).toContain('0001_fails: the database is not where this script expects')
      },
    ))

  test('guards what runs outside a transaction, and the way down, as well', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        {
          name: '0001_ix',
          up: '-- hearth: no-transaction\ncreate index concurrently ix on a (note)',
          down: 'drop index ix',
        },
      ],
      async ({ migrate, up, sql }) => {
        const there = withoutPsql((await migrate('plan', '--from', '0000')).out)
        for (const statements of [
          there,
          withoutPsql((await migrate('plan', '--from', '0001', '--to', '0000')).out),
        ]) {
          const guard = statements.match(/^do \$\$.*\$\$;$/m)?.[0] ?? ''
          expect(sql.unsafe(guard)).rejects.toThrow()
        }
        await up('0000')
        await sql.unsafe(there.match(/^do \$\$.*\$\$;$/m)?.[0] ?? '')
      },
    ))

  test('needs no database', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ migrateOn }) => {
      const offline = (...args: string[]) =>
        migrateOn('postgres://nobody:s3cret@127.0.0.1:1/nowhere', ...args)
      const all = await offline('plan')
      expect(all.code).toBe(0)
      expect(all.out).toMatch(/create table a [\s\S]*create table b /)
      expect(all.err).toContain('this is the plan for an empty one')
      const some = await offline('plan', '--from', '0000')
      expect(some).toMatchObject({ code: 0, err: '' })
      expect(some.out).not.toContain('create table a ')
      expect((await offline('plan', '--from', '0001', '--to', 'none')).out).toMatch(
        /drop table b[\s\S]*drop table a/,
      )
      const refused = await offline('up')
      expect(refused).toMatchObject({ code: 1, out: '' })
      expect(refused.err).toMatch(/^The database does not answer \(\w+\); check DATABASE_URL, .*\.$/)
    }))
})

// What only psql understands.
const withoutPsql = (script: string) => script.replaceAll(/^\\.*\n/gm, '')
