import { definition } from './columns.ts'
import type { Column, Model, Table } from './model.ts'
import { isUnique, rowByRow } from './row-by-row.ts'
import { at, keyOf, literal, quote } from './sql.ts'

const CONSTANTS: [type: RegExp, value: string][] = [
  [/^(smallint|integer|bigint|numeric|decimal|real|double precision)\b/, '0'],
  [/^(text|varchar|char|citext|character|bytea|tsvector|tsquery)\b/, "''"],
  [/^boolean\b/, 'false'],
  [/^(timestamp|date)\b/, "'1970-01-01'"],
  [/^time\b/, "'00:00'"],
  [/^interval\b/, "'0'"],
  [/^uuid\b/, "'00000000-0000-0000-0000-000000000000'"],
  [/^jsonb?\b/, "'{}'"],
  [/^inet\b/, "'0.0.0.0'"],
  [/^cidr\b/, "'0.0.0.0/0'"],
  [/^macaddr8\b/, "'00:00:00:00:00:00:00:00'"],
  [/^macaddr\b/, "'00:00:00:00:00:00'"],
  [/^varbit\b/, "''"],
  [/^point\b/, "'(0,0)'"],
  [/^line\b/, "'{1,0,0}'"],
  [/range$/, "'empty'"],
]

const VOLATILE = /gen_random_uuid|uuid_generate|nextval|random\(|clock_timestamp/

/**
 * The statements that add a column to a table that may have rows. Where the rows would break its NOT NULL they get a
 * placeholder: 0, the empty string and so on; a number each in a unique column; a row that exists in a foreign
 * key. A comment in the SQL says so. A type that has no placeholder is added as it is, and works on an empty table.
 */
export function addColumn(model: Model, table: Table, column: Column): string[] {
  const add = (what: Column) => `ALTER TABLE ${at(table)} ADD COLUMN ${definition(table, what)};`
  const alter = (what: string) => `ALTER TABLE ${at(table)} ALTER COLUMN ${quote(column.name)} ${what};`
  const announced = (what: string, statement: string) =>
    `-- Rows that exist get ${what} in ${keyOf(table)}.${column.name}.\n${statement}`
  const own = withoutShared(table, column)
  const setDefault = own.default === column.default ? [] : [alter(`SET DEFAULT ${column.default}`)]
  if (!needsFilling(own)) return [add(own), ...setDefault]
  const update = rowByRow(table, column)
  if (update) {
    return [
      add({ ...own, notNull: false }),
      announced(update.what, update.statement),
      alter('SET NOT NULL'),
      ...setDefault,
    ]
  }
  const value = column.default ?? constant(model, column)
  if (value === null || column.default !== undefined) return [add(column)]
  return [announced(value, add({ ...column, default: value })), alter('DROP DEFAULT')]
}

/** What rows that exist get in a new column: a value each, all the same one, NULL, or none where the column demands one. */
export function fillOf(model: Model, table: Table, column: Column): 'own' | 'same' | 'null' | 'none' {
  if (column.generated ?? column.identity ?? (column.serial || VOLATILE.test(column.default ?? '')))
    return 'own'
  const own = withoutShared(table, column)
  if (!needsFilling(own)) return own.default === undefined ? 'null' : 'same'
  const update = rowByRow(table, column)
  if (update) return update.isShared ? 'same' : 'own'
  return (column.default ?? constant(model, column)) === null ? 'none' : 'same'
}

// A default that is the same for all rows can't be theirs in a unique column.
function withoutShared(table: Table, { default: value, ...column }: Column): Column {
  const isShared = isUnique(table, column.name) && !VOLATILE.test(value ?? '')
  return value === undefined || isShared ? column : { ...column, default: value }
}

/** Whether rows that exist would break the column's NOT NULL. */
export function needsFilling(column: Column): boolean {
  const fillsItself = column.default ?? column.generated ?? column.identity ?? (column.serial || undefined)
  return column.notNull && fillsItself === undefined
}

/** The value that rows get in a new column of this type, as SQL, or null where there is none. */
export function constant(model: Model, column: Column): string | null {
  if (column.filler !== undefined) return column.filler
  if (column.dimensions) return "'{}'"
  if (column.enum) {
    const first = model.enums[keyOf(column.enum)]?.values[0]
    return first === undefined ? null : literal(first)
  }
  const bits = column.type.match(/^bit\((\d+)\)/)
  if (bits) return literal('0'.repeat(Number(bits[1])))
  return CONSTANTS.find(([type]) => type.test(column.type.toLowerCase()))?.[1] ?? null
}
