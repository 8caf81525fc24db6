import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const ENUM = {
  name: '0000_kind',
  up: "create type kind as enum ('a', 'b'); create table t (k kind); insert into t values ('b'), ('b');",
  down: "-- hearth: blocked-by rows use enum value `b` | select count(*) from t where k = 'b'\ndrop table t; drop type kind;",
}

describe('down', () => {
  test('counts what goes, and changes nothing before somebody says yes', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ migrate, json, sql, tables, up }) => {
      await up()
      await sql`insert into b values (1), (2)`
      const asked = await migrate('down')
      expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('YES=1') })
      expect(asked.out).toContain('  0001_b\n    loses 2 rows of b')
      expect(await tables()).toEqual(['a', 'b'])

      const prices = [{ migration: '0001_b', kind: 'loses', words: 'rows of b', rows: 2 }]
      expect((await json('down')).result).toMatchObject({ error: { code: 'unconfirmed' }, prices })
      const { code, result } = await json('down', '--yes')
      expect(code).toBe(0)
      expect(result).toMatchObject({
        takenBack: [{ name: '0001_b' }],
        prices,
        current: '0000_a',
      })
      expect(await tables()).toEqual(['a'])
    }))

  test('goes back by steps, to a revision, and to the beginning; then up again', () =>
    withMigrations(tablesNamed('a', 'b', 'c', 'd'), async ({ json, tables, sql, up }) => {
      await up()
      expect((await json('down', '--steps', '2', '--yes')).result.current).toBe('0001_b')
      expect((await json('down', '--to', '0000', '--yes')).result.current).toBe('0000_a')
      expect((await json('down', '--to', '0000', '--yes')).result.takenBack).toEqual([])
      expect((await json('down', '--to', 'none', '--yes')).result.current).toBeNull()
      expect(await tables()).toEqual([])
      expect(await sql`select from drizzle.__drizzle_migrations`).toEqual([])
      expect((await json('up')).result.current).toBe('0003_d')
    }))

  test('refuses what there is not', () =>
    withMigrations(tablesNamed('a', 'b'), async ({ json, tables, up }) => {
      await up('0000')
      expect((await json('down', '--steps', '2', '--yes')).result.error.code).toBe('not_applied')
      expect((await json('down', '--to', '0001', '--yes')).result.error.code).toBe('not_applied')
      expect((await json('down', '--steps', '1', '--to', '0000')).result.error.code).toBe('usage')
      expect((await json('down', '--steps', '0')).result.error.code).toBe('usage')
      expect(await tables()).toEqual(['a'])
    }))

  test('names the rows that make it fail, and does not even ask', () =>
    withMigrations([ENUM], async ({ migrate, sql, tables, up }) => {
      await up()
      const { code, out, err } = await migrate('down', '--yes')
      expect(code).toBe(1)
      expect(out).toContain('is stopped by 2 rows use enum value `b`')
      expect(err).toContain('2 rows use enum value `b` (0000_kind)')
      expect(await tables()).toEqual(['t'])
      await sql`delete from t`
      expect((await migrate('down', '--yes')).code).toBe(0)
    }))

  test('says so where it can not count before a newer migration is taken back', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        { name: '0001_rename', up: 'alter table a rename to z', down: 'alter table z rename to a' },
      ],
      async ({ migrate, tables, up }) => {
        await up()
        const { code, out } = await migrate('down', '--to', 'none', '--yes')
        expect(code).toBe(0)
        expect(out).toContain('loses an unknown number of rows of a')
        expect(await tables()).toEqual([])
      },
    ))

  test('a failure undoes its step, and keeps those before', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        { name: '0001_x', up: 'create table x ()', down: 'drop table x; drop table nowhere;' },
        { name: '0002_y', up: 'create table y ()', down: 'drop table y' },
      ],
      async ({ migrate, tables, json, up }) => {
        await up()
        const { code, err } = await migrate('down', '--steps', '2', '--yes')
        expect(code).toBe(1)
        expect(err).toContain('0001_x.down.sql:1: table "nowhere" does not exist')
        expect(await tables()).toEqual(['a', 'x'])
        expect((await json('current')).result.current).toBe('0001_x')
      },
    ))

  test('refuses without a down migration, and where that was edited since', () =>
    withMigrations(
      [...tablesNamed('a'), { name: '0001_b', up: 'create table b ()' }],
      async ({ migrate, json, edit, tables, up }) => {
        await up()
        expect((await json('down', '--yes')).result.error).toEqual({
          code: 'missing',
          message: expect.stringContaining('0001_b.down.sql is not there'),
        })
        edit('0001_b.down.sql', 'drop table b')
        expect((await json('down', '--yes')).result.current).toBe('0000_a')
        edit('0000_a.down.sql', 'drop table a cascade')
        const { code, result } = await json('down', '--yes')
        expect([code, result.error.code]).toEqual([1, 'edited'])
        expect(await tables()).toEqual(['a'])
        await migrate('stamp', '--rev', '0000')
        expect((await json('down', '--yes')).code).toBe(0)
      },
    ))

  test('asks on a terminal', () =>
    withMigrations(tablesNamed('a'), async ({ onTerminal, tables, up }) => {
      await up()
      expect(await onTerminal('n\n', 'down')).toMatchObject({
        code: 2,
        out: expect.stringContaining('Go back? [y/N]'),
      })
      expect(await tables()).toEqual(['a'])
      expect(await onTerminal('y\n', 'down')).toMatchObject({
        code: 0,
        out: expect.stringContaining('Took back 0000_a'),
      })
      expect(await tables()).toEqual([])
    }))
})
