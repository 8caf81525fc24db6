import { sql } from 'drizzle-orm'
import {
  boolean,
  integer,
  jsonb,
  numeric,
  serial,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, TWO_ROWS, t } from './case.ts'

const ONE_TEXT = "insert into t (id, n) values (1, 'a')"

/** Columns that come, go, and change. */
export const COLUMN_CASES: Record<string, Case> = {
  'a nullable column': { before: t(), after: t({ n: text('n') }), rows: TWO_ROWS },
  'a NOT NULL column without a default': {
    before: t(),
    after: t({ n: text('n').notNull() }),
    rows: TWO_ROWS,
  },
  'a NOT NULL column goes': { before: t({ n: text('n').notNull() }), after: t(), rows: ONE_TEXT },
  'a unique column goes': { before: t({ n: text('n').unique() }), after: t(), rows: TWO_ROWS },
  'a column is renamed': {
    before: t({ n: text('n') }),
    after: t({ m: text('m') }),
    rows: ONE_TEXT,
    renames: ['t.n:m'],
  },
  'NOT NULL goes': { before: t({ n: text('n').notNull() }), after: t({ n: text('n') }), rows: ONE_TEXT },
  'a name in Unicode with quotes': { before: t(), after: t({ n: text('sélect "q"') }), rows: TWO_ROWS },
  'unique becomes another name': {
    before: t({ n: text('n') }, ({ n }) => [unique('uq1').on(n)]),
    after: t({ n: text('n') }, ({ n }) => [unique('uq2').on(n)]),
  },

  'a default changes': {
    before: t({ n: text('n').default('a') }),
    after: t({ n: text('n').default('b') }),
    rows: TWO_ROWS,
  },
  'a default with an apostrophe': {
    before: t({ n: text('n') }),
    after: t({ n: text('n').default("it's") }),
    rows: TWO_ROWS,
  },
  'a default array with quotes': {
    before: t({ n: text('n').array() }),
    after: t({ n: text('n').array().default(['q"r', "o'k"]) }),
    rows: TWO_ROWS,
  },
  'defaults of many types': {
    before: t({
      u: uuid('u'),
      j: jsonb('j'),
      arr: text('arr').array(),
      b: boolean('b'),
      n: numeric('n', { precision: 10, scale: 2 }),
      ts: timestamp('ts', { withTimezone: true }),
    }),
    after: t({
      u: uuid('u').defaultRandom(),
      j: jsonb('j').default({ a: "it's" }),
      arr: text('arr').array().default(['x', 'y,z', 'q"r']),
      b: boolean('b').default(true),
      n: numeric('n', { precision: 10, scale: 2 }).default('1.50'),
      ts: timestamp('ts', { withTimezone: true }).default(sql`now() - interval '1 day'`),
    }),
    rows: TWO_ROWS,
  },

  'varchar grows': {
    before: t({ n: varchar('n', { length: 10 }) }),
    after: t({ n: varchar('n', { length: 20 }) }),
    rows: ONE_TEXT,
  },
  'text becomes integer': {
    before: t({ n: text('n') }),
    after: t({ n: integer('n') }),
    rows: "insert into t values (1, '7')",
  },
  'text becomes jsonb': {
    before: t({ n: text('n') }),
    after: t({ n: jsonb('n') }),
    rows: "insert into t values (1, '{}')",
  },
  'timestamp gets a zone': {
    before: t({ n: timestamp('n') }),
    after: t({ n: timestamp('n', { withTimezone: true }) }),
    rows: 'insert into t values (1, now())',
  },
  'identity changes': {
    before: t({ n: integer('n').notNull().generatedAlwaysAsIdentity() }),
    after: t({ n: integer('n').notNull().generatedByDefaultAsIdentity({ startWith: 100, increment: 5 }) }),
    rows: TWO_ROWS,
  },
  'integer becomes serial': {
    before: t({ n: integer('n').notNull() }),
    after: t({ n: serial('n').notNull() }),
    rows: 'insert into t values (1, 7)',
  },
  'a generated column changes': {
    before: t({ n: integer('n'), g: integer('g').generatedAlwaysAs(sql`n * 2`) }),
    after: t({ n: integer('n'), g: integer('g').generatedAlwaysAs(sql`n * 3`) }),
    rows: 'insert into t (id, n) values (1, 7)',
  },
}
