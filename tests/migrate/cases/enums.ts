import { sql } from 'drizzle-orm'
import { check, index, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { type Case, id, type Models, TWO_ROWS, t, withEnum } from './case.ts'

const ONE_A = "insert into t (id, s) values (1, 'a')"

/** An enum that a default, an index's condition and a check rest on. */
function underThings(values: [string, ...string[]], checked: string): Models {
  const st = pgEnum('st', values)
  const columns = { ...id(), s: st('s').default('a').notNull() }
  const table = pgTable('t', columns, ({ s }) => [
    index('ix').on(s).where(sql`s = 'a'`),
    check('ck', sql.raw(`s <> '${checked}'`)),
  ])
  return { st, t: table }
}

function named(name: string): Models {
  const st = pgEnum(name, ['a', 'b'])
  return { st, ...t({ s: st('s') }) }
}

/** Enums, and tables that come and go at once. */
export const ENUM_CASES: Record<string, Case> = {
  'a new enum': { before: t(), after: withEnum(['a', 'b']), rows: TWO_ROWS },
  'a value in the middle': { before: withEnum(['a', 'b']), after: withEnum(['a', 'x', 'b']), rows: ONE_A },
  'a value that is the default at once': {
    before: withEnum(['a', 'b'], (st) => ({ s: st('s').default('a') })),
    after: withEnum(['a', 'b', 'c'], (st) => ({ s: st('s').default('c') })),
    rows: TWO_ROWS,
  },
  'a value goes under a default, an index and a check': {
    before: underThings(['a', 'b', 'c'], 'b'),
    after: underThings(['a', 'b'], 'b'),
    rows: ONE_A,
  },
  'an enum is renamed': { before: named('st'), after: named('st2'), rows: ONE_A, renames: ['st:st2'] },
  'an array of an enum changes its values': {
    before: withEnum(['a', 'b'], (st) => ({ s: st('s').array().default([]) })),
    after: withEnum(['a', 'c'], (st) => ({ s: st('s').array().default([]) })),
    rows: "insert into t (id, s) values (1, '{a}')",
  },
  'an enum becomes text': { before: withEnum(['a', 'b']), after: t({ s: text('s') }), rows: ONE_A },
  'one table goes and another comes': {
    before: { ...t(), x: pgTable('x', id()) },
    after: { ...t(), y: pgTable('y', { ...id(), z: text('z') }) },
    rows: TWO_ROWS,
  },
}

/** Models that contradict themselves: the check names a value that the enum no longer has. */
export const IMPOSSIBLE: Case = {
  before: underThings(['a', 'b', 'c'], 'c'),
  after: underThings(['a', 'b'], 'c'),
  rows: ONE_A,
}
