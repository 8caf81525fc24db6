import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  type PgColumnBuilderBase,
  pgEnum,
  pgTable,
  pgView,
  primaryKey,
  serial,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

/** Models as plain data, which chance can change. Everything is referred to by its id, which a rename leaves as it is. */
export type Spec = { enums: EnumSpec[]; tables: TableSpec[] }
export type EnumSpec = { id: string; name: string; values: string[] }
export type TableSpec = {
  id: string
  name: string
  columns: ColumnSpec[]
  /** The columns of a primary key of several; without it the key is the first column. */
  key: string[] | null
  uniques: string[][]
  indexes: { columns: string[]; isPartial: boolean }[]
  /** Columns that a check says are not 7. */
  checks: string[]
  hasView: boolean
}
export type ColumnSpec = {
  id: string
  name: string
  /** One of `KINDS`, or an enum. */
  kind: string
  notNull: boolean
  hasDefault: boolean
  isArray: boolean
  /** The table whose first column it refers to. */
  refersTo: string | null
}

type Kind = { make: (name: string) => unknown; value: unknown }

/** The kinds of columns, and a default of each. */
export const KINDS: Record<string, Kind> = {
  integer: { make: (name) => integer(name), value: 5 },
  bigint: { make: (name) => bigint(name, { mode: 'number' }), value: 5 },
  numeric: { make: (name) => numeric(name, { precision: 9, scale: 2 }), value: '1.50' },
  text: { make: (name) => text(name), value: "it's" },
  short: { make: (name) => varchar(name, { length: 8 }), value: 'a' },
  long: { make: (name) => varchar(name, { length: 80 }), value: 'b' },
  boolean: { make: (name) => boolean(name), value: true },
  date: { make: (name) => date(name), value: '2001-02-03' },
  moment: { make: (name) => timestamp(name, { withTimezone: true, precision: 3 }), value: sql`now()` },
  uuid: { make: (name) => uuid(name), value: sql`gen_random_uuid()` },
  json: { make: (name) => jsonb(name), value: { quote: "it's" } },
  serial: { make: (name) => serial(name), value: undefined },
  identity: { make: (name) => integer(name).generatedAlwaysAsIdentity(), value: undefined },
  generated: { make: (name) => integer(name).generatedAlwaysAs(sql`3 * 2`), value: undefined },
}

/** A column without anything that can be left out. */
export const columnOf = (id: string, kind: string): ColumnSpec => ({
  id,
  name: id,
  kind,
  notNull: false,
  hasDefault: false,
  isArray: false,
  refersTo: null,
})

type Builder = PgColumnBuilderBase & {
  array: () => Builder
  notNull: () => Builder
  default: (value: unknown) => Builder
  primaryKey: () => Builder
  references: (to: () => AnyPgColumn) => Builder
}
/** The Drizzle models of a spec, by export name. */
export function modelsOf(spec: Spec): Record<string, unknown> {
  const enums = new Map(spec.enums.map(({ id, name, values }) => [id, pgEnum(name, values as [string])]))
  const tables: Tables = new Map()
  const views: Record<string, unknown> = {}
  for (const it of spec.tables) {
    const columns = it.columns.map((column, n) => {
      const isKey = n === 0 && it.key === null
      const first = spec.enums.find(({ id }) => id === column.kind)?.values[0]
      const kind = KINDS[column.kind] ?? { make: enums.get(column.kind) as Kind['make'], value: first }
      return [column.id, builderOf(column, isKey, kind, tables)]
    })
    const table = pgTable(it.name, Object.fromEntries(columns), (own) => extras(it, own as Columns))
    tables.set(it.id, { columns: table as unknown as Columns, first: it.columns[0]?.id ?? '' })
    const view = `${it.name}_view`
    if (it.hasView) views[view] = pgView(view).as((query) => query.select().from(table))
  }
  const byId = [...enums, ...[...tables].map(([id, { columns }]) => [id, columns])]
  return { ...Object.fromEntries(byId), ...views }
}

type Columns = Record<string, AnyPgColumn>
type Tables = Map<string, { columns: Columns; first: string }>

function builderOf(column: ColumnSpec, isKey: boolean, { make, value }: Kind, tables: Tables): Builder {
  const { name, isArray, notNull, hasDefault, refersTo } = column
  let builder = make(name) as Builder
  if (isArray) builder = builder.array()
  if (hasDefault && value !== undefined) builder = builder.default(isArray ? [] : value)
  if (isKey) builder = builder.primaryKey()
  else if (notNull) builder = builder.notNull()
  if (refersTo === null) return builder
  return builder.references(() => {
    const target = tables.get(refersTo)
    return target?.columns[target.first] as AnyPgColumn
  })
}

function extras({ name, key, uniques, indexes, checks, columns }: TableSpec, own: Columns) {
  const several = (ids: string[]) => ids.map((id) => own[id]) as [AnyPgColumn, ...AnyPgColumn[]]
  return [
    ...(key ? [primaryKey({ columns: several(key) })] : []),
    ...uniques.map((ids) => unique().on(...several(ids))),
    ...indexes.map(({ columns: ids, isPartial }, n) => {
      const made = index(`${name}_index_${n}`).on(...several(ids))
      return isPartial ? made.where(sql`${own[ids[0] ?? '']} is not null`) : made
    }),
    ...checks.map((id) => {
      const column = columns.find((it) => it.id === id)?.name
      return check(`${name}_${column}_check`, sql`${own[id]}::text <> '7'`)
    }),
  ]
}
