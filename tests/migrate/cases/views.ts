import { sql } from 'drizzle-orm'
import { type AnyPgColumn, pgMaterializedView, pgPolicy, pgSequence, pgView, text } from 'drizzle-orm/pg-core'
import { type Case, TWO_ROWS, t } from './case.ts'

const plain = () => t({ n: text('n') })

function viewed<C extends { k: AnyPgColumn }>(
  { t: table }: { t: C },
  pick: (columns: C) => Record<string, AnyPgColumn>,
) {
  return { t: table, v: pgView('v').as((query) => query.select(pick(table)).from(table as never)) }
}

/** Views, sequences and policies. */
export const VIEW_CASES: Record<string, Case> = {
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
  'a policy that reads a view': {
    before: plain(),
    after: {
      ...t({ n: text('n') }, () => [pgPolicy('p1', { using: sql`exists (select from v where v.n = 'a')` })]),
      v: pgView('v', { n: text('n') }).as(sql`select 'a'::text as n`),
    },
    rows: TWO_ROWS,
  },
  'a policy that reads a view whose query changes': {
    before: {
      ...t({ n: text('n') }, () => [pgPolicy('p1', { using: sql`exists (select from v where v.n = 'a')` })]),
      v: pgView('v', { n: text('n') }).as(sql`select 'a'::text as n`),
    },
    after: {
      ...t({ n: text('n') }, () => [pgPolicy('p1', { using: sql`exists (select from v where v.n = 'a')` })]),
      v: pgView('v', { n: text('n') }).as(sql`select 'b'::text as n`),
    },
    rows: TWO_ROWS,
  },
  'a materialized view with two options': {
    before: plain(),
    after: {
      ...plain(),
      mv: pgMaterializedView('mv', { n: text('n') })
        .with({ fillfactor: 90, autovacuumEnabled: false })
        .as(sql`select n from t`),
    },
    rows: TWO_ROWS,
  },
}
