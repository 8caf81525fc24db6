import { familyOf, typeOf } from './casts.ts'
import type { Comparison, KeptTable } from './compare.ts'
import { type Blocker, blocker, conditionsOf } from './conditions.ts'
import { constant, isUnique, needsFilling, rowByRow } from './fillers.ts'
import type { Column } from './model.ts'
import { at, keyOf, literal, quote } from './sql.ts'

const ALWAYS_FIT = ['number boolean', 'boolean number', 'moment time']
const INTEGERS: Record<string, bigint> = { smallint: 2n ** 15n, integer: 2n ** 31n, bigint: 2n ** 63n }

/** The rows that may stand in the way of `comparison`, in the names of before. */
export function blockersOf(comparison: Comparison): Blocker[] {
  return comparison.keptTables.flatMap((kept) => [
    ...kept.altered.flatMap(({ from, to, retyped }) => [
      ...(to.notNull && !from.notNull
        ? [blocker(kept, `rows with NULL in ${path(kept, from)}`, `${quote(from.was)} is null`)]
        : []),
      ...(retyped ? misfits(comparison, kept, from, to) : []),
    ]),
    ...kept.added.flatMap((column) => unfilled(comparison, kept, column)),
    ...conditionsOf(comparison.from, kept),
  ])
}

const path = ({ from: table }: KeptTable, column: Column) => `${keyOf(table.was)}.${column.was}`

function misfits(comparison: Comparison, kept: KeptTable, from: Column, to: Column): Blocker[] {
  const misfit = (what: string, where: string) => [
    blocker(kept, `values ${what} in column ${path(kept, from)}`, where),
  ]
  const name = quote(from.was)
  const values = to.enum && comparison.to.enums[keyOf(to.enum)]?.values
  if (values) {
    const before = from.enum && comparison.from.enums[keyOf(from.enum)]?.values
    if (before?.every((value) => values.includes(value))) return []
    const unknown = `not in (${values.map(literal).join(', ')})`
    const where =
      from.dimensions && to.dimensions
        ? `exists (select from unnest(${name}) as element where element::text ${unknown})`
        : `${textOf(name, from, to)} ${unknown}`
    return misfit(`that are not in the enum ${keyOf(to.enum ?? kept.to)}`, where)
  }
  const [source, target] = [familyOf(from), familyOf(to)]
  const size = Number(to.type.match(/^(?:varchar|char)\b.*\((\d+)\)/i)?.[1] ?? Number.POSITIVE_INFINITY)
  if (target === 'text' && !to.dimensions) {
    const before = Number(
      (source === 'text' && from.type.match(/\((\d+)\)/)?.[1]) || Number.POSITIVE_INFINITY,
    )
    return before > size
      ? misfit(`longer than ${size} characters`, `char_length(${textOf(name, from, to)}) > ${size}`)
      : []
  }
  const alwaysFits = source === target || target === 'json' || ALWAYS_FIT.includes(`${source} ${target}`)
  if (!from.dimensions && !to.dimensions && alwaysFits) {
    return source === 'number' && target === 'number'
      ? tooLarge(misfit, name, from, to.type.toLowerCase())
      : []
  }
  const type = typeOf(from.dimensions ? to : { ...to, dimensions: '' })
  return misfit(
    `that are no ${typeOf(to)}`,
    `not pg_input_is_valid(${textOf(name, from, to)}, ${literal(type)})`,
  )
}

// The text that is converted; `usingClause` says how.
function textOf(name: string, from: Column, to: Column): string {
  if (from.dimensions && !to.dimensions && familyOf(to) !== 'text') return `${name}[1]::text`
  return familyOf(from) === 'json' && !from.dimensions && familyOf(to) !== 'text'
    ? `(${name} #>> '{}')`
    : `${name}::text`
}

function tooLarge(
  misfit: (what: string, where: string) => Blocker[],
  name: string,
  from: Column,
  type: string,
): Blocker[] {
  const [limit, before] = [INTEGERS[type], INTEGERS[from.type]]
  if (limit !== undefined && (before === undefined || before > limit)) {
    return misfit(`too large for ${type}`, `${name} not between ${-limit} and ${limit - 1n}`)
  }
  const [, digits, scale = '0'] = type.match(/\((\d+)(?:, *(\d+))?\)/) ?? []
  if (digits === undefined) return []
  const most = `1e${Number(digits) - Number(scale)}`
  return misfit(`too large for ${type}`, `abs(round(${name}::numeric, ${scale})) >= ${most}`)
}

function unfilled(comparison: Comparison, kept: KeptTable, column: Column): Blocker[] {
  if (!needsFilling(column)) return []
  const name = `${keyOf(kept.to)}.${column.name}`
  const allButOne = `ctid <> (select min(ctid) from ${at(kept.from.was)})`
  const isAlone = isUnique(kept.to, column.name)
  const key = Object.values(kept.to.foreignKeys).find(({ columns }) => columns.includes(column.name))
  if (key) {
    const target = comparison.from.tables[keyOf(key.target)]
    const nothing = target ? `not exists (select from ${at(target.was)})` : 'true'
    const where = isAlone ? `${nothing} or ${allButOne}` : nothing
    return [blocker(kept, `rows for whose ${name} ${keyOf(key.target)} has no row`, where)]
  }
  if (rowByRow(kept.to, column)) return []
  const what = `rows that have no value to put in ${name}`
  if (constant(comparison.to, column) === null) return [blocker(kept, what, 'true')]
  return isAlone ? [blocker(kept, what, allButOne)] : []
}
