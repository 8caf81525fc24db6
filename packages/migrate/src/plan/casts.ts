import type { Column } from './model.ts'
import { at, quote } from './sql.ts'

// Within a family Postgres converts by assignment, which fails where a value doesn't fit and never cuts one short.
const FAMILIES = {
  number: /^(smallint|integer|bigint|numeric|decimal|real|double precision)\b/,
  text: /^(text|varchar|char|character varying|character|citext)\b/,
  moment: /^(timestamp|date)\b/,
  time: /^time\b/,
  boolean: /^boolean\b/,
  json: /^jsonb?\b/,
  network: /^(inet|cidr)\b/,
  hardware: /^macaddr8?\b/,
  bits: /^(bit|varbit)\b/,
}

/** Which types convert into one another by assignment; a type that is in no family is its own. */
export function familyOf(column: Column): string {
  if (column.enum) return at(column.enum)
  const found = Object.entries(FAMILIES).find(([, pattern]) => pattern.test(column.type.toLowerCase()))
  return found?.[0] ?? column.type
}

/** A column's type in SQL. */
export function typeOf(column: Column): string {
  return `${column.enum ? at(column.enum) : column.type}${column.dimensions}`
}

/**
 * The expression that converts a column from one type to another, or nothing where assignment does. `isDown`: it is part of a down
 * migration, so that an array of one element was a value before; in the up migration, an array that becomes a text keeps all its elements.
 */
export function conversion(from: Column, to: Column, isDown: boolean): string | null {
  const name = quote(to.name)
  const type = typeOf(to)
  if (to.dimensions && !from.dimensions) {
    if (isDown && familyOf(from) === 'text') return `${name}::${type}`
    const element = converted(name, from, { ...to, dimensions: '' })
    return `CASE WHEN ${name} IS NOT NULL THEN ARRAY[${element}]::${type} END`
  }
  if (from.dimensions && !to.dimensions) {
    const first = () => converted(`${name}[1]`, { ...from, dimensions: '' }, to)
    if (familyOf(to) === 'json') return `to_${to.type}(${name})`
    if (familyOf(to) !== 'text') return first()
    const isOne = `cardinality(${name}) = 1 AND array_ndims(${name}) = 1`
    return isDown ? `CASE WHEN ${isOne} THEN ${first()} ELSE ${name}::${type} END` : null
  }
  if (from.dimensions) return sameFamily(from, to) ? null : `${name}::text[]::${type}`
  return sameFamily(from, to) || familyOf(to) === 'text' ? null : converted(name, from, to)
}

const sameFamily = (from: Column, to: Column) => !to.enum && familyOf(from) === familyOf(to)

function converted(value: string, from: Column, to: Column): string {
  const [source, target, type] = [familyOf(from), familyOf(to), typeOf(to)]
  if ((source === 'text' && !to.enum) || sameFamily(from, to)) return `${value}::${type}`
  if (target === 'json') return `to_${to.type}(${value})`
  if (source === 'json') return `(${value} #>> '{}')::${type}`
  if (source === 'boolean' && target === 'number') return `${value}::integer::${type}`
  if (source === 'number' && target === 'boolean') return `${value} <> 0`
  if (source === 'moment' && target === 'time') return `${value}::${type}`
  return `${value}::text::${type}`
}
