import { type Column, getTableColumns, is } from 'drizzle-orm'
import { type PgTable, PgVarchar, timestamp } from 'drizzle-orm/pg-core'

/** A moment to the millisecond, the precision of a JavaScript Date: a page's cursor must name the stored moment exactly. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** Returns the columns of `table` with these names. */
export function pick<Table extends PgTable, Name extends keyof Table['_']['columns'] & string>(
  table: Table,
  ...names: Name[]
): Pick<Table['_']['columns'], Name> {
  const columns = getTableColumns(table)
  return Object.fromEntries(names.map((name) => [name, columns[name]])) as Pick<Table['_']['columns'], Name>
}

/** Returns how many characters a varchar column can store, so that schemas need not repeat it. */
export function lengthOf(column: Column): number {
  if (is(column, PgVarchar) && column.length) return column.length
  throw new TypeError(`Column ${column.name} has no length.`)
}
