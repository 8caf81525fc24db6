import type { Comparison, KeptTable } from './compare.ts'
import { type Blocker, blocker, conditionsOf } from './conditions.ts'
import { stoppedInConversion } from './conversions.ts'
import { fillOf } from './fillers.ts'
import type { Column } from './model.ts'
import { at, keyOf, quote } from './sql.ts'

/** The rows that may block `comparison`, in the names of before. */
export function blockersOf(comparison: Comparison): Blocker[] {
  return comparison.keptTables.flatMap((kept) => [
    ...kept.altered.flatMap(({ from, to, retyped }) => [
      ...(to.notNull && !from.notNull
        ? [blocker(kept, `rows with NULL in ${path(kept, from)}`, `${quote(from.was)} is null`)]
        : []),
      ...(retyped ? stoppedInConversion(comparison, kept, from, to) : []),
    ]),
    ...kept.added.flatMap((column) => unfilled(comparison, kept, column)),
    ...conditionsOf(comparison, kept),
  ])
}

const path = ({ from: table }: KeptTable, column: Column) => `${keyOf(table.was)}.${column.was}`

// A unique column that all rows would get one value in is among the conditions.
function unfilled({ from, to }: Comparison, kept: KeptTable, column: Column): Blocker[] {
  const name = `${keyOf(kept.to)}.${column.name}`
  const fill = fillOf(to, kept.to, column)
  const key = Object.values(kept.to.foreignKeys).find(({ columns }) => columns.includes(column.name))
  if (fill === 'none') return [blocker(kept, `rows that have no value to put in ${name}`, 'true')]
  if (!key || fill === 'null') return []
  const target = from.tables[keyOf(key.target)]
  const referenced = target?.columns[key.targetColumns[key.columns.indexOf(column.name)] ?? '']
  const isGiven = column.default !== undefined && referenced && key.columns.length === 1
  const matches = isGiven ? ` where ${quote(referenced.was)} = ${column.default}` : ''
  // A row each, or one for all of them.
  const numbered = `select ctid as row, row_number() over (order by ctid) as n from ${at(kept.from.was)}`
  const beyond = `ctid in (select row from (${numbered}) as numbered where n > (select count(*) from ${at(target?.was ?? key.target)}))`
  const where = !target
    ? 'true'
    : fill === 'own'
      ? beyond
      : `not exists (select from ${at(target.was)}${matches})`
  return [blocker(kept, `rows for whose ${name} ${keyOf(key.target)} has no row`, where)]
}
