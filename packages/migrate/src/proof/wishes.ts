import { typeOf } from '../plan/casts.ts'
import type { Comparison } from '../plan/compare.ts'
import type { Hazard } from '../plan/hazards.ts'
import type { Column, Table } from '../plan/model.ts'
import { keyOf } from '../plan/sql.ts'
import type { Wishes } from './seed.ts'

/** What the columns that stay become, so that sample rows can live through the migration. */
export function wishesOf({ keptTables, to }: Comparison): Wishes {
  const wishes: Wishes = new Map()
  for (const { from: table, altered } of keptTables) {
    for (const { from, to: column, retyped: isRetyped } of altered) {
      const labels = (column.enum && to.enums[keyOf(column.enum)]?.values) ?? null
      const type = column.dimensions && !from.dimensions ? { ...column, dimensions: '' } : column
      wishes.set(`${keyOf(table.was)}.${from.was}`, {
        type: typeOf(type),
        labels,
        notNull: column.notNull,
        isRetyped,
      })
    }
  }
  return wishes
}

/** The columns whose values a migration drops, or of which it loses some, by their names before it. */
export function excusedColumns({ droppedTables, keptTables }: Comparison, lost: Hazard[]): Set<string> {
  const named = (table: Table, columns: Column[]) => columns.map(({ was }) => `${keyOf(table.was)}.${was}`)
  return new Set([
    ...droppedTables.flatMap((table) => named(table, Object.values(table.columns))),
    ...keptTables.flatMap(({ from: table, dropped }) => named(table, dropped)),
    ...lost.flatMap(({ column }) => column ?? []),
  ])
}
