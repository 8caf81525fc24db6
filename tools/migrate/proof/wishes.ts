import { typeOf } from '../plan/casts.ts'
import type { Comparison } from '../plan/compare.ts'
import { keyOf } from '../plan/sql.ts'
import type { Wishes } from './seed.ts'

/** What the columns that stay become, so that sample rows can live through the migration. */
export function wishesOf({ keptTables, to }: Comparison): Wishes {
  const wishes: Wishes = new Map()
  for (const { from: table, altered } of keptTables) {
    for (const { from, to: column } of altered) {
      const labels = (column.enum && to.enums[keyOf(column.enum)]?.values) ?? null
      const type = column.dimensions && !from.dimensions ? { ...column, dimensions: '' } : column
      wishes.set(`${keyOf(table.was)}.${from.was}`, { type: typeOf(type), labels, notNull: column.notNull })
    }
  }
  return wishes
}

/** The columns whose values a migration drops or converts, by their names before it. */
export function excusedColumns({ droppedTables, keptTables }: Comparison): Set<string> {
  const dropped = droppedTables.flatMap((table) =>
    Object.values(table.columns).map(({ was }) => `${keyOf(table.was)}.${was}`),
  )
  const changed = keptTables.flatMap(({ from: table, dropped, altered }) =>
    [...dropped, ...altered.filter(({ retyped }) => retyped).map(({ from }) => from)].map(
      ({ was }) => `${keyOf(table.was)}.${was}`,
    ),
  )
  return new Set([...dropped, ...changed])
}
