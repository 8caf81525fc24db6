import { asc, desc, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/**
 * The columns that a list can be sorted by; `id` breaks ties. Each needs an index on (column, id), or a page deep in the list
 * costs more than the first one.
 */
export type Keyset<Name extends string = string> = { id: PgColumn; by: Record<Name, PgColumn> }

/** An order: a column's name, with a dash for descending. */
export type Sort<Name extends string = string> = Name | `-${Name}`

/** A place in a list: the order, then the values of the last row before it. */
export type Position = [sort: string, value: string | number, id: number]

/** Returns the column that `sort` names, and the operator and direction that go with it. */
function parse({ by }: Keyset, sort: string) {
  const name = sort.replace('-', '')
  const isDescending = sort.startsWith('-')
  return { name, column: by[name] as PgColumn, isDescending }
}

/** The condition that a row comes after a position. Postgres jumps to it in the index, since it compares whole rows. */
export function comesAfter(
  keyset: Keyset,
  sort: string,
  position: { value: Placeholder; id: Placeholder },
): SQL {
  const { column, isDescending } = parse(keyset, sort)
  const operator = sql.raw(isDescending ? '<' : '>')
  return sql`(${column}, ${keyset.id}) ${operator} (${position.value}, ${position.id})`
}

/** The ORDER BY of `sort`; within `alias` where the rows come from a subquery of that name. */
export function orderBy(keyset: Keyset, sort: string, alias?: string): SQL[] {
  const { column, isDescending } = parse(keyset, sort)
  const direction = isDescending ? desc : asc
  return [column, keyset.id].map((key) =>
    direction(alias ? sql`${sql.identifier(alias)}.${sql.identifier(key.name)}` : key),
  )
}

/** The position of a row in the order `sort`. */
export function positionOf(keyset: Keyset, sort: string, row: Record<string, unknown>): Position {
  const value = row[parse(keyset, sort).name]
  return [sort, value instanceof Date ? value.toISOString() : (value as string | number), row.id as number]
}
