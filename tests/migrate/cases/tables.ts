import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
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

/** A table whose foreign key gets a name of more than 63 bytes, of which Postgres keeps the first. */
function longNamed(column: string) {
  const name = 'a_table_with_a_name_of_nearly_as_many_bytes_as_fit'
  const other = integer(column).references((): AnyPgColumn => it.id)
  const it = pgTable(name, { ...id(), other })
  return { it }
}

/** Tables, keys, constraints and indexes. */
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
  'a unique constraint on the primary key': {
    before: t(),
    after: { t: pgTable('t', { id: integer('id').primaryKey().unique() }) },
    rows: TWO_ROWS,
  },
  'a new table whose primary key is unique twice over': {
    before: t(),
    after: {
      ...t(),
      u: pgTable('u', { id: integer('id').primaryKey().unique(), n: integer('n').unique('a') }, ({ n }) => [
        unique('b').on(n),
      ]),
    },
    rows: TWO_ROWS,
  },
  'a table without columns': { before: t(), after: { ...t(), u: pgTable('u', {}) }, rows: TWO_ROWS },
  'a table goes to which a column that stays referred': {
    before: (() => {
      const org = pgTable('org', id())
      return { org, ...t({ o: integer('o').references(() => org.id) }) }
    })(),
    after: t({ o: integer('o') }),
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
  'a table goes, and the key that it refers to': {
    before: referred('t'),
    after: { t: pgTable('t', { id: integer('id').notNull(), n: text('n') }) },
    rows: TWO_ROWS,
  },
  'a table is renamed': { before: referred('t'), after: referred('tt'), rows: TWO_ROWS, renames: ['t:tt'] },

  'a column is renamed whose foreign key has a name that is too long': {
    before: longNamed('some_other_row'),
    after: longNamed('some_other_line'),
    renames: ['a_table_with_a_name_of_nearly_as_many_bytes_as_fit.some_other_row:some_other_line'],
  },
}

function pair() {
  return { a: integer('a').notNull(), b: integer('b').notNull() }
}
