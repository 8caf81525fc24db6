import { blockersOf } from './blockers.ts'
import type { Comparison, KeptTable } from './compare.ts'
import type { Blocker } from './conditions.ts'
import { lostInConversion } from './conversions.ts'
import { at, keyOf, quote } from './sql.ts'

/** What a migration does to data: `what` follows a number of rows, which `count`, SQL that ends in a query, tells before it runs. */
export type Hazard = {
  what: string
  count: string
  /** The converted column of which it counts all that changes. */
  column?: string
}

/** The data that a migration loses, and the rows that would make it fail. */
export type Hazards = { loses: Hazard[]; blockedBy: Blocker[] }

/** Every hazard to data in `comparison`, counted in the names of before. */
export function hazardsOf(comparison: Comparison): Hazards {
  const { from, to, droppedTables, keptTables } = comparison
  const gone = Object.values(from.sequences).filter((sequence) => !to.sequences[keyOf(sequence)])
  return {
    loses: [
      ...droppedTables.map((table) => ({
        what: `rows of table ${keyOf(table.was)}`,
        count: `select count(*) from ${at(table.was)}`,
      })),
      ...keptTables.flatMap((kept) => lostInTable(comparison, kept)),
      ...gone.map((sequence) => ({
        what: `positions of sequence ${keyOf(sequence)}`,
        count: `select count(*) from ${at(sequence)} where is_called`,
      })),
    ],
    blockedBy: blockersOf(comparison),
  }
}

/** The lines at the head of a file of SQL that say so; the runner reads them before it runs the file. */
export function hazardLines({ loses, blockedBy }: Hazards): string[] {
  const line = (kind: string, { what, count }: Hazard) =>
    `-- hearth: ${kind} ${what.replaceAll(/[|\n]/g, ' ')} | ${count.replaceAll(/\s*\n\s*/g, ' ')}`
  return [...loses.map((it) => line('loses', it)), ...blockedBy.map((it) => line('blocked-by', it))]
}

function lostInTable(comparison: Comparison, kept: KeptTable): Hazard[] {
  const table = kept.from.was
  return [
    ...kept.dropped
      .filter(({ generated }) => generated === undefined)
      .map(({ was }) => ({
        what: `values of column ${keyOf(table)}.${was}`,
        count: `select count(*) from ${at(table)} where ${quote(was)} is not null`,
      })),
    ...kept.altered
      .filter(({ retyped }) => retyped)
      .flatMap(({ from, to }) => lostInConversion(comparison, kept, from, to)),
  ]
}
