import { familyOf, typeOf } from './casts.ts'
import type { Comparison, KeptTable } from './compare.ts'
import { type Blocker, blocker, conditionsOf } from './conditions.ts'
import { constant, isUnique, needsFilling, rowByRow } from './fillers.ts'
import type { Column, Model } from './model.ts'
import { at, keyOf, literal, quote } from './sql.ts'

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
    ...kept.added.flatMap((column) => unfilled(comparison.to, kept, column)),
    ...conditionsOf(comparison.from, kept),
  ])
}

const path = ({ from: table }: KeptTable, column: Column) => `${keyOf(table.was)}.${column.was}`

function misfits(comparison: Comparison, kept: KeptTable, from: Column, to: Column): Blocker[] {
  const misfit = (what: string, where: string) => [
    blocker(kept, `values ${what} in column ${path(kept, from)}`, where),
  ]
  const name = quote(from.was)
  if (to.enum) {
    const values = comparison.to.enums[keyOf(to.enum)]?.values ?? []
    const allowed = `(${values.map(literal).join(', ')})`
    const where = from.dimensions
      ? `exists (select from unnest(${name}) as element where element::text not in ${allowed})`
      : `${name}::text not in ${allowed}`
    const before = from.enum && comparison.from.enums[keyOf(from.enum)]?.values
    if (before?.every((value) => values.includes(value))) return []
    return misfit(`that are not in the enum ${keyOf(to.enum)}`, where)
  }
  if (from.dimensions || to.dimensions) return []
  const [source, target, type] = [familyOf(from), familyOf(to), to.type.toLowerCase()]
  const size = type.match(/^(?:varchar|char|character)\b.*\((\d+)\)/)?.[1]
  if (target === 'text') {
    const before = Number(from.type.match(/\((\d+)\)/)?.[1] ?? Number.POSITIVE_INFINITY)
    return size && (source !== 'text' || before > Number(size))
      ? misfit(`longer than ${size} characters`, `char_length(${name}::text) > ${size}`)
      : []
  }
  if (source === 'number' && target === 'number') return tooLarge(misfit, name, from, type)
  if (
    source === target ||
    target === 'json' ||
    source === 'moment' ||
    `${source} ${target}` === 'number boolean'
  )
    return []
  return misfit(`that are no ${typeOf(to)}`, `not pg_input_is_valid(${name}::text, ${literal(typeOf(to))})`)
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

function unfilled(to: Model, kept: KeptTable, column: Column): Blocker[] {
  if (!needsFilling(column)) return []
  const key = Object.values(kept.to.foreignKeys).find(({ columns }) => columns.includes(column.name))
  const name = `${keyOf(kept.to)}.${column.name}`
  if (key) {
    const nothing = `not exists (select from ${at(to.tables[keyOf(key.target)]?.was ?? key.target)})`
    return [blocker(kept, `rows for whose ${name} ${keyOf(key.target)} has no row`, nothing)]
  }
  if (rowByRow(kept.to, column)) return []
  const what = `rows that have no value to put in ${name}`
  if (constant(to, column) === null) return [blocker(kept, what, 'true')]
  return isUnique(kept.to, column.name)
    ? [blocker(kept, what, `ctid <> (select min(ctid) from ${at(kept.from.was)})`)]
    : []
}
