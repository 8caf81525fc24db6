import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'

/** Lists the properties of `table` whose column alone must be unique. */
export function uniqueProperties(table: PgTable): string[] {
  const unique = new Set(getTableConfig(table).columns.filter(({ isUnique }) => isUnique))
  return Object.entries(getTableColumns(table)).flatMap(([property, column]) =>
    unique.has(column) ? property : [],
  )
}

/**
 * SQL for the properties of `values` whose unique column has the value already, in rows that `others` does
 * not leave out. A unique violation alone names only the first.
 */
export function takenProperties(
  table: PgTable,
  values: Record<string, unknown>,
  others?: SQL,
): SQL<string[]> {
  const columns = getTableColumns(table)
  const checks = uniqueProperties(table).flatMap((property) => {
    const [column, value] = [columns[property], values[property]]
    if (!column || value === undefined) return []
    const isTaken = sql`exists (select from ${table} where ${column} = ${sql.param(value, column)} ${others ? sql`and ${others}` : sql``})`
    return sql`case when ${isTaken} then ${property}::text end`
  })
  const list = sql.join([sql`null::text`, ...checks], sql`, `)
  return sql<string[]>`to_json(array_remove(array[${list}], null))::text`.mapWith(JSON.parse)
}
