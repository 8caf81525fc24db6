import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  index,
  integer,
  jsonb,
  pgMaterializedView,
  pgPolicy,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { type Case, id, TWO_ROWS, t } from './case.ts'

const plain = () => t({ n: text('n') })

/** A table with all that a rename drags along, and another that refers to it. */
function referred(name: string) {
  const it = pgTable(name, { ...id(), n: text('n').unique() }, ({ n }) => [
    index('ix').on(n),
    check('ck', sql`${n} <> ''`),
  ])
  return { t: it, u: pgTable('u', { ...id(), tid: integer('tid').references(() => it.id) }) }
}

function viewed<C extends { k: AnyPgColumn }>(
  { t: table }: { t: C },
  pick: (columns: C) => Record<string, AnyPgColumn>,
) {
  return { t: table, v: pgView('v').as((query) => query.select(pick(table)).from(table as never)) }
}

/** Tables, keys, indexes, views and what else hangs on tables. */
export const TABLE_CASES: Record<string, Case> = {
  'a unique constraint': { before: plain(), after: t({ n: text('n').unique() }), rows: TWO_ROWS },
  'an index': { before: plain(), after: t({ n: text('n') }, ({ n }) => [index('ix').on(n)]), rows: TWO_ROWS },
  'indexes with an order and a method': {
    before: t({ n: text('n'), j: jsonb('j') }),
    after: t({ n: text('n'), j: jsonb('j') }, ({ n, j }) => [
      index('ix').on(n.desc().nullsLast()),
      index('gx').using('gin', j),
    ]),
    rows: TWO_ROWS,
  },
  'an index gets a column': {
    before: t({ n: text('n'), m: text('m') }, ({ n }) => [index('ix').on(n)]),
    after: t({ n: text('n'), m: text('m') }, ({ n, m }) => [index('ix').on(n, m)]),
    rows: TWO_ROWS,
  },
  'an index made concurrently': {
    before: plain(),
    after: t({ n: text('n') }, ({ n }) => [index('ix').on(n).concurrently()]),
    rows: TWO_ROWS,
  },
  'an index with capitals and a space': {
    before: plain(),
    after: t({ n: text('n') }, ({ n }) => [index('Ix Mixed').on(n)]),
    rows: TWO_ROWS,
  },
  'a check changes': {
    before: t({ n: integer('n') }, ({ n }) => [check('ck', sql`${n} > 0`)]),
    after: t({ n: integer('n') }, ({ n }) => [check('ck', sql`${n} > 1`)]),
    rows: 'insert into t (id, n) values (1, 5)',
  },
  'a foreign key to itself': {
    before: t({ p: integer('p') }),
    after: (() => {
      const it = pgTable('t', { ...id(), p: integer('p').references((): AnyPgColumn => it.id) })
      return { t: it }
    })(),
    rows: TWO_ROWS,
  },
  'a primary key': {
    before: { t: pgTable('t', { a: integer('a') }) },
    after: { t: pgTable('t', { a: integer('a').primaryKey() }) },
    rows: 'insert into t values (1)',
  },
  'a primary key gets a column': {
    before: { t: pgTable('t', pair(), ({ a }) => [primaryKey({ columns: [a] })]) },
    after: { t: pgTable('t', pair(), ({ a, b }) => [primaryKey({ columns: [a, b] })]) },
    rows: 'insert into t values (1, 1)',
  },

  'a new table that an old one refers to': {
    before: t(),
    after: (() => {
      const org = pgTable('org', id())
      return { org, ...t({ orgId: integer('org_id').references(() => org.id) }) }
    })(),
    rows: TWO_ROWS,
  },
  'a table with a foreign key goes': {
    before: (() => {
      const it = pgTable('t', id())
      const tid = integer('tid')
        .notNull()
        .references(() => it.id, { onDelete: 'cascade' })
      return { t: it, u: pgTable('u', { ...id(), tid }) }
    })(),
    after: t(),
    rows: TWO_ROWS,
  },
  'a table is renamed': { before: referred('t'), after: referred('tt'), rows: TWO_ROWS, renames: ['t:tt'] },

  'a view': {
    before: t({ k: text('k') }),
    after: viewed(t({ k: text('k') }), ({ k }) => ({ k })),
    rows: TWO_ROWS,
  },
  'a column under a view goes': {
    before: viewed(t({ n: text('n'), k: text('k') }), ({ n, k }) => ({ n, k })),
    after: viewed(t({ k: text('k') }), ({ k }) => ({ k })),
    rows: TWO_ROWS,
  },
  'a materialized view': {
    before: plain(),
    after: (() => {
      const it = plain()
      return { ...it, mv: pgMaterializedView('mv').as((query) => query.select({ n: it.t.n }).from(it.t)) }
    })(),
    rows: TWO_ROWS,
  },
  'a sequence': { before: t(), after: { ...t(), sq: pgSequence('sq') }, rows: TWO_ROWS },
  'a policy': {
    before: plain(),
    after: t({ n: text('n') }, () => [pgPolicy('p1', { for: 'select', to: 'public', using: sql`true` })]),
    rows: TWO_ROWS,
  },
}

function pair() {
  return { a: integer('a').notNull(), b: integer('b').notNull() }
}
