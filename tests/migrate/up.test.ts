import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const ENUM = [
  { name: '0000_kind', up: "create type kind as enum ('a'); create table t (k kind);" },
  { name: '0001_add', up: "alter type kind add value 'b';" },
  { name: '0002_use', up: "insert into t values ('b');" },
]

describe('up', () => {
  test('applies what is pending, in order, and says so', () =>
    withMigrations(tablesNamed('a', 'b', 'c'), async ({ migrate, json, tables }) => {
      const first = await migrate('up', '--to', '0001')
      expect(first).toMatchObject({ code: 0, err: '' })
      expect(first.out).toMatch(
        /^Applied 0000_a \(\d+ ms\)\nApplied 0001_b \(\d+ ms\)\nDone: .* is at 0001_b\.$/,
      )
      expect(await tables()).toEqual(['a', 'b'])
      expect(await json('up')).toMatchObject({
        code: 0,
        result: { applied: [{ name: '0002_c' }], current: '0002_c' },
      })
      expect((await migrate('up')).out).toMatch(/^Nothing to apply: .* is at 0002_c\.$/)
    }))

  test('goes on by steps, and redo takes the last one back and applies it again', () =>
    withMigrations(tablesNamed('a', 'b', 'c'), async ({ json, sql }) => {
      expect((await json('up', '--steps', '2')).result.current).toBe('0001_b')
      await sql`insert into b values (1)`
      expect((await json('redo')).code).toBe(2)
      expect((await json('redo', '--yes')).result).toMatchObject({
        takenBack: [{ name: '0001_b' }],
        applied: [{ name: '0001_b' }],
        current: '0001_b',
      })
      expect(await sql`select * from b`).toBeEmpty()
      expect((await json('up', '--steps', '1')).result.current).toBe('0002_c')
    }))

  test('says beforehand which large tables it will lock', () =>
    withMigrations(
      [
        {
          name: '0000_t',
          up: 'create table "T" (n text); create table s (); insert into "T" select repeat(n::text, 200) from generate_series(1, 30000) n; analyze "T"',
        },
        {
          name: '0001_x',
          up: '-- hearth: rewrites public.T\n-- hearth: rewrites public.s\nalter table "T" add m int',
        },
      ],
      async ({ migrate, up }) => {
        await up('0000')
        const { err } = await migrate('up')
        expect(err).toMatch(
          /^public\.T has about 30000 rows \(\d+ MB\): 0001_x writes all of it again, [^\n]*$/,
        )
      },
    ))

  test('takes a revision by number, by name, and by nothing else', () =>
    withMigrations(tablesNamed('a', 'b', 'c'), async ({ json, tables }) => {
      expect((await json('up', '--to', '0')).result.current).toBe('0000_a')
      expect((await json('up', '--to', '0001_b')).result.current).toBe('0001_b')
      expect((await json('up', '--to', '0007')).result.error).toEqual({
        code: 'unknown_revision',
        message: expect.stringMatching(/no migration 0007 in .*0000_a, 0001_b, 0002_c/),
      })
      expect((await json('up', '--to', 'b')).code).toBe(1)
      expect(await tables()).toEqual(['a', 'b'])
    }))

  test('lets the next migration use a new enum value', () =>
    withMigrations(ENUM, async ({ migrate, sql }) => {
      expect(await migrate('up')).toMatchObject({ code: 0, err: '' })
      expect(await sql`select k::text from t`).toHaveLength(1)
    }))

  test('says why the same migration can not', () =>
    withMigrations(
      [
        ENUM[0] as (typeof ENUM)[0],
        {
          name: '0001_both',
          up: "alter type kind add value 'b';\n--> statement-breakpoint\n\ninsert into t values ('b');",
        },
      ],
      async ({ migrate }) => {
        const { code, err } = await migrate('up')
        expect(code).toBe(1)
        expect(err).toContain('0001_both.sql:4: unsafe use of new value "b"')
        expect(err).toContain('move what uses it into the next one')
      },
    ))

  test('lets no setting of one migration reach the next', () =>
    withMigrations(
      [
        { name: '0000_set', up: "set search_path = pg_catalog; set statement_timeout = '77s';" },
        {
          name: '0001_seen',
          up: `create table a as select current_setting('statement_timeout') as timeout;`,
        },
      ],
      async ({ migrate, sql, tables }) => {
        expect(await migrate('up')).toMatchObject({ code: 0, err: '' })
        expect(await tables()).toEqual(['a'])
        expect([...(await sql`select timeout from a`)]).toEqual([{ timeout: '0' }])
      },
    ))

  test('a failure in the middle undoes its migration, names the line, and keeps those before', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        {
          name: '0001_broken',
          up: 'create table x (id int);\n--> statement-breakpoint\n\nselect 1;\nselect * frm a;',
        },
        { name: '0002_after', up: 'create table y (id int);' },
      ],
      async ({ migrate, json, tables, edit }) => {
        const { code, err } = await migrate('up')
        expect(code).toBe(1)
        expect(err).toMatch(/0001_broken\.sql:5: syntax error at or near "frm"$/)
        expect(await tables()).toEqual(['a'])
        expect((await json('current')).result).toEqual({
          current: '0000_a',
          pending: ['0001_broken', '0002_after'],
        })
        edit('0001_broken.sql', 'create table x (id int);')
        expect((await migrate('up')).code).toBe(0)
        expect(await tables()).toEqual(['a', 'x', 'y'])
      },
    ))

  test('a constraint that only the commit checks undoes its migration too', () =>
    withMigrations(
      [
        {
          name: '0000_late',
          up: 'create table p (id int primary key); create table c (p int references p deferrable initially deferred); insert into c values (4711);',
        },
      ],
      async ({ migrate, tables }) => {
        const { code, err } = await migrate('up')
        expect(code).toBe(1)
        expect(err).toContain('0000_late.sql: insert or update on table "c" violates foreign key constraint')
        expect(err).not.toContain('4711')
        expect(await tables()).toEqual([])
      },
    ))
})
