import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { boolean, check, inet, integer, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { PATIENT_MS, withMigrations } from '../support/migrations.ts'
import { id, type Models, t } from './cases/case.ts'
import { openScratch, textOf } from './scratch-session.ts'

setDefaultTimeout(PATIENT_MS)

const LOSSY = {
  name: '0000_numbers',
  up: "create table t (n text); insert into t values ('7'), ('007'), ('7.5');",
  down: 'drop table t',
}

describe('up counts before it locks anything:', () => {
  test('what would go, which it asks about', () =>
    withMigrations(
      [
        LOSSY,
        {
          name: '0001_drop',
          up: '-- hearth: loses values of t.n | select count(n) from t\nalter table t drop n',
        },
      ],
      async ({ migrate, json, onTerminal, sql: query, up }) => {
        await up('0000')
        const asked = await migrate('up')
        expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('YES=1') })
        expect(asked.out).toContain('  0001_drop\n    loses 3 values of t.n')
        expect((await json('up')).result).toMatchObject({
          error: { code: 'unconfirmed' },
          prices: [{ migration: '0001_drop', rows: 3 }],
        })
        expect(await query`select n from t`).toHaveLength(3)
        expect(await onTerminal('n\n', 'up')).toMatchObject({ code: 2 })
        expect((await json('up', '--yes')).result.current).toBe('0001_drop')
      },
    ))

  test('nothing where no row is concerned', () =>
    withMigrations(
      [
        LOSSY,
        {
          name: '0001_drop',
          up: '-- hearth: loses values of t.n | select count(n) from t\nalter table t drop n',
        },
      ],
      async ({ json, sql: query, up }) => {
        await up('0000')
        await query`delete from t`
        expect(await json('up')).toMatchObject({ code: 0, result: { current: '0001_drop' } })
      },
    ))

  test('rows in the way, and refuses', () =>
    withMigrations(
      [
        LOSSY,
        {
          name: '0001_int',
          up: "-- hearth: blocked-by values unfit for integer | select count(*) from t where n ~ '[.]'\nalter table t alter n type int using n::int",
        },
      ],
      async ({ json, up }) => {
        await up('0000')
        const { code, result } = await json('up', '--yes')
        expect([code, result.error.code]).toEqual([1, 'blocked'])
        expect(result.error.message).toContain('1 value unfit for integer (0001_int)')
      },
    ))

  test('right before its turn what only an earlier migration makes countable', () =>
    withMigrations(
      [
        LOSSY,
        {
          name: '0001_drop',
          up: '-- hearth: loses values of t.n | select count(n) from t\nalter table t drop n',
        },
      ],
      async ({ json }) => {
        const { code, result } = await json('up')
        expect([code, result.prices]).toEqual([
          2,
          [expect.objectContaining({ migration: '0001_drop', rows: 3 })],
        ])
        expect((await json('current')).result.current).toBe('0000_numbers')
        expect((await json('up', '--yes')).code).toBe(0)
      },
    ))
})

const scratch = await openScratch()
afterAll(scratch.close)

describe('an array that becomes a text', () => {
  test('keeps all its elements, there and back', () =>
    scratch.migrating(
      { before: t({ v: text('v').array() }), after: t({ v: text('v') }) },
      async ([created]) => {
        expect(created?.proof.differences).toEqual([])
        expect(created?.proof.up.loses).toEqual([])
      },
    ))

  test('and a text that became one comes back as a text, whole', () =>
    scratch.migrating(
      { before: t({ v: text('v') }), after: t({ v: text('v').array() }) },
      async ([created]) => {
        const { query } = scratch.session
        expect(created?.proof.differences).toEqual([])
        await query(
          "create table t (id integer primary key, v text[]); insert into t values (1, '{a}'), (2, '{a,b}')",
        )
        for (const statement of created?.proof.down.statements ?? []) await query(statement)
        expect((await query('select v from t order by id')).map(({ v }) => v)).toEqual(['a', '{a,b}'])
        await query('drop table t')
      },
    ))
})

const org = (columns = {}) => pgTable('org', { ...id(), ...columns })

/** Changes that three rows do not survive, or only some rows. */
const CROWDED: { name: string; before: Models; after: Models; says: RegExp }[] = [
  {
    name: 'a unique default of a type that cannot be numbered',
    before: t(),
    after: t({ ip: inet('ip').notNull().default('10.0.0.1').unique() }),
    says: /blocked-by rows of public.t that repeat \("ip"\)/,
  },
  {
    name: 'a unique constant',
    before: t(),
    after: t({ b: boolean('b').notNull().unique() }),
    says: /blocked-by rows of public.t that repeat \("b"\)/,
  },
  {
    name: 'a default that refers to a row which may be missing',
    before: { org: org(), ...t() },
    after: {
      org: org(),
      ...t({
        o: integer('o')
          .notNull()
          .default(1)
          .references(() => org().id),
      }),
    },
    says: /blocked-by rows for whose public.t.o public.org has no row/,
  },
  {
    name: 'texts that become one number in a unique column',
    before: t({ v: text('v').unique() }),
    after: t({ v: integer('v').unique() }),
    says: /blocked-by rows of public.t that repeat \("v"\)/,
  },
  {
    name: 'values that break a check once they are converted',
    before: t({ v: text('v') }, ({ v }) => [check('ck', sql`${v}::text <> '7'`)]),
    after: t({ v: integer('v') }, ({ v }) => [check('ck', sql`${v}::text <> '7'`)]),
    says: /blocked-by rows of public.t that break the check ck/,
  },
  {
    name: 'more rows than a unique column has rows to refer to',
    before: { org: org(), ...t() },
    after: {
      org: org(),
      ...t({
        o: integer('o')
          .notNull()
          .unique()
          .references(() => org().id),
      }),
    },
    says: /blocked-by rows for whose public.t.o public.org has no row/,
  },
  {
    name: 'a column that comes back as NULL where NULLs are not distinct',
    before: t({ a: integer('a'), b: integer('b') }, ({ a, b }) => [unique('u').on(a, b).nullsNotDistinct()]),
    after: t({ a: integer('a') }),
    says: /blocked-by rows of public.t that repeat \("a", "b"\)/,
  },
]

describe('the file says which rows stop', () => {
  test.each(CROWDED)('$name', ({ says, ...pair }) =>
    scratch.migrating(pair, async ([created]) => {
      expect(created && textOf(created)).toMatch(says)
    }),
  )
})

/** Changes that one row lives through, and no two. */
const ONE_ROW_ONLY: { name: string; after: Models; says: string }[] = [
  {
    name: 'a default in a unique column whose type cannot be numbered',
    after: t({ n: integer('n'), ip: inet('ip').notNull().default('10.0.0.1').unique() }),
    says: 'blocked-by rows of public.t that repeat ("ip")',
  },
  {
    name: 'an expression that no count knows',
    after: t({ n: integer('n') }, () => [uniqueIndex('u').on(sql`(n * 0)`)]),
    says: "blocked-by rows of t after the first, which may get into each other's way",
  },
]

describe('what one row lives through and three do not is not proved:', () => {
  test.each(ONE_ROW_ONLY)('$name', ({ after, says }) =>
    scratch.migrating({ before: t({ n: integer('n') }), after }, async ([created]) => {
      expect(created?.proof.differences).toEqual([
        expect.stringMatching(/^with more than one row in a table, the up migration/),
      ])
      expect(created && textOf(created)).toContain(says)
    }),
  )
})
