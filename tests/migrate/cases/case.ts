import type { BuildExtraConfigColumns } from 'drizzle-orm/column-builder'
import {
  integer,
  type PgColumnBuilderBase,
  type PgEnum,
  type PgTableExtraConfigValue,
  pgEnum,
  pgTable,
} from 'drizzle-orm/pg-core'

export type Models = Record<string, unknown>

/** Models before and after a change, with rows that they hold. */
export type Case = {
  before: Models
  after: Models
  /** SQL that puts rows in before the up migration. */
  rows?: string
  /** Renames, as the tool takes them. */
  renames?: string[]
}

type Columns = Record<string, PgColumnBuilderBase>
type Extras<C extends Columns> = (own: BuildExtraConfigColumns<string, C, 'pg'>) => PgTableExtraConfigValue[]

/** The column that is the key of every table here. */
export const id = () => ({ id: integer('id').primaryKey() })

/** A table `t` with an `id` and more. */
export function t<C extends Columns>(columns: C = {} as C, extras?: Extras<C>) {
  return { t: pgTable('t', { ...id(), ...columns }, extras as never) }
}

/** An enum `st`, and a table `t` whose column `s` is made of it. */
export function withEnum(
  values: [string, ...string[]],
  column: (st: PgEnum<[string, ...string[]]>) => Columns = (st) => ({ s: st('s') }),
): Models {
  const st = pgEnum('st', values)
  return { st, ...t(column(st)) }
}

/** Two rows of `t` that have nothing but an id. */
export const TWO_ROWS = 'insert into t (id) values (1), (2)'
