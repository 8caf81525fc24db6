import { blockersOf } from './blockers.ts'
import { familyOf, typeOf } from './casts.ts'
import type { Comparison, KeptTable } from './compare.ts'
import type { Blocker } from './conditions.ts'
import type { Column } from './model.ts'
import { at, keyOf, quote } from './sql.ts'

/** What a migration does to data: `what` follows a number of rows, which `count`, an SQL query, tells before it runs. */
export type Hazard = { what: string; count: string }

/** The data that a migration loses, and the rows that would make it fail. */
export type Hazards = { loses: Hazard[]; blockedBy: Blocker[] }

/** Everything that stands in the way of data on the way of `comparison`, counted in the names of before. */
export function hazardsOf(comparison: Comparison): Hazards {
  const { from, to, droppedTables, keptTables } = comparison
  const gone = Object.values(from.sequences).filter((sequence) => !to.sequences[keyOf(sequence)])
  return {
    loses: [
      ...droppedTables.map((table) => ({
        what: `rows of table ${keyOf(table.was)}`,
        count: `select count(*) from ${at(table.was)}`,
      })),
      ...keptTables.flatMap(lostInTable),
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

function lostInTable({ from: table, dropped, altered }: KeptTable): Hazard[] {
  const lost = (column: Column, what: string, where: string): Hazard => ({
    what: `${what} ${keyOf(table.was)}.${column.was}`,
    count: `select count(*) from ${at(table.was)} where ${where}`,
  })
  return [
    ...dropped
      .filter(({ generated }) => generated === undefined)
      .map((column) => lost(column, 'values of column', `${quote(column.was)} is not null`)),
    ...altered
      .filter(({ retyped }) => retyped)
      .flatMap(({ from, to }) => {
        const where = cutShort(quote(from.was), from, to)
        return where === null ? [] : [lost(from, `values that ${typeOf(to)} cuts short in column`, where)]
      }),
  ]
}

// Which values come out different from such a change of type, though none fails.
function cutShort(name: string, from: Column, to: Column): string | null {
  const [source, target, type] = [familyOf(from), familyOf(to), to.type.toLowerCase()]
  if (from.dimensions && !to.dimensions && target !== 'json' && target !== 'text')
    return `cardinality(${name}) > 1`
  if (from.dimensions || to.dimensions) return null
  if (source === 'number' && target === 'boolean') return `${name} not in (0, 1)`
  if (source === 'moment' && target === 'time') return `${name} is not null`
  if (source === 'moment' && target === 'moment') return `${name}::${to.type}::${from.type} <> ${name}`
  if (source === 'text' && target === 'text') return null
  if (source !== 'number' || target !== 'number') return null
  if (/^(smallint|integer|bigint)/.test(type)) {
    return /^(smallint|integer|bigint)/.test(from.type) ? null : `${name} <> trunc(${name})`
  }
  const scale = type.match(/\((\d+)(?:, *(\d+))?\)/)
  if (scale) return `round(${name}::numeric, ${scale[2] ?? 0}) <> ${name}`
  return /^(real|double)/.test(type) && !/^(smallint|integer|real)/.test(from.type)
    ? `${name}::${to.type}::${from.type} <> ${name}`
    : null
}
