import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  index,
  integer,
  pgPolicy,
  pgRole,
  pgTable,
  text,
} from 'drizzle-orm/pg-core'
import { PATIENT_MS } from '../support/migrations.ts'
import { id, t } from './cases/case.ts'
import { openScratch, textOf } from './scratch-session.ts'

setDefaultTimeout(PATIENT_MS)
const scratch = await openScratch()
afterAll(scratch.close)

describe('a proof', () => {
  test('sees which statements rewrite a table and which lock it', () => {
    const before = t({ n: integer('n') })
    const after = t({ n: bigint('n', { mode: 'number' }), m: text('m') }, ({ m }) => [index('ix').on(m)])
    return scratch.migrating({ before, after }, async ([created]) => {
      expect(created?.proof.impacts).toEqual([
        { table: 'public.t', effect: 'rewrites', statement: expect.stringContaining('SET DATA TYPE bigint') },
        {
          table: 'public.t',
          effect: 'blocks reads and writes',
          statement: expect.stringContaining('bigint'),
        },
      ])
    })
  })

  test('sees that an index locks out writers only', () => {
    const after = t({ n: text('n') }, ({ n }) => [index('ix').on(n)])
    return scratch.migrating({ before: t({ n: text('n') }), after }, async ([created]) => {
      expect(created?.proof.impacts).toMatchObject([{ table: 'public.t', effect: 'blocks writes' }])
    })
  })

  test('finds rows that satisfy a check, and placeholders that do', () => {
    const grown = () => t({ n: integer('n').notNull() }, ({ n }) => [check('ck', sql`${n} > 17`)])
    return scratch.migrating({ before: grown(), after: t() }, async ([created]) => {
      expect(created?.proof).toMatchObject({ differences: [], empty: [] })
      expect(created && textOf(created)).toContain("-- Rows that exist get '18' in public.t.n.")
    })
  })

  test('says which tables it found no rows for', () => {
    const contradicted = (more = {}) => t(more, () => [check('never', sql`id < 1 and id > 2`)])
    return scratch.migrating(
      { before: contradicted(), after: contradicted({ n: text('n') }) },
      async ([created]) => {
        expect(created?.proof).toMatchObject({ differences: [], empty: ['public.t'] })
      },
    )
  })

  test('takes what only the SQL of a migration knows as given', () =>
    scratch.migrating(
      {
        before: t(),
        after: t({ n: text('n') }),
        byHand: `create function stamp() returns trigger language plpgsql as 'begin return new; end';
          create trigger stamped before update on t for each row execute function stamp()`,
      },
      async ([created]) => expect(created?.proof.differences).toEqual([]),
    ))

  test('has the extensions that a migration made', () => {
    const citext = customType<{ data: string }>({ dataType: () => 'citext' })
    const after = t({ n: citext('n').notNull().default('a') })
    return scratch.migrating({ before: t(), after, byHand: 'create extension citext' }, async ([created]) => {
      expect(created?.proof.differences).toEqual([])
    })
  })

  test('leaves no role behind', async () => {
    const role = pgRole('hearth_test_reader')
    const after = { role, ...t({}, () => [pgPolicy('own', { to: role, using: sql`true` })]) }
    await scratch.migrating({ before: t(), after }, async ([created]) => {
      expect(created?.proof.differences).toEqual([])
    })
    expect(await scratch.session.query(`select from pg_roles where rolname = 'hearth_test_reader'`)).toEqual(
      [],
    )
  })

  test('gives indexes that are made concurrently a separate migration', () => {
    const after = t({ n: text('n'), m: text('m') }, ({ n }) => [index('ix').on(n).concurrently()])
    return scratch.migrating({ before: t({ n: text('n') }), after }, async (created) => {
      expect(created.map(({ name }) => name)).toEqual(['0001_change', '0002_change_concurrently'])
      expect(created.flatMap(({ proof }) => proof.differences)).toEqual([])
      const [plain, apart] = created.map(textOf)
      expect(plain).not.toContain('ix')
      expect(apart).toContain('-- hearth: no-transaction\nCREATE INDEX CONCURRENTLY "ix"')
    })
  })

  test('takes back a unique column without touching foreign keys that rest on another key', () => {
    const teams = (more = {}) => pgTable('teams', { ...id(), ...more })
    const users = (target: ReturnType<typeof teams>) =>
      pgTable('users', { ...id(), team: integer('team').references(() => target.id) })
    const [before, after] = [teams(), teams({ slug: text('slug').notNull().unique() })]
    return scratch.migrating(
      { before: { before, users: users(before) }, after: { after, users: users(after) } },
      async ([created]) => {
        expect(created?.proof.differences).toEqual([])
        expect(created && textOf(created)).not.toContain('FOREIGN KEY')
      },
    )
  })
})
