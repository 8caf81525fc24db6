import { conversion, familyOf, typeOf } from './casts.ts'
import type { Comparison, KeptTable } from './compare.ts'
import { type Blocker, blocker } from './conditions.ts'
import type { Hazard } from './hazards.ts'
import type { Column } from './model.ts'
import { at, keyOf, literal, quote } from './sql.ts'

/**
 * What becomes of the values of a column that changes its type, as Postgres itself says: a function converts each value with the very
 * expressions of this migration and of the opposite one, and catches what fails.
 */
export type Conversion = {
  /** SQL that makes the function for this session; to be run before the conditions. */
  setup: string
  /** The condition that a value fails to convert. */
  fails: string
  /** The condition that a value converts, and the opposite migration would not bring it back as it was. */
  changes: string
  /** The converted value as text. */
  result: string
}

/** How a column of `kept` converts, in the names of before. */
export function conversionOf(comparison: Comparison, from: Column, to: Column): Conversion {
  const source = { ...from, name: to.name }
  const value = quote(to.name)
  // An enum that the migration makes is not there when values are counted, so texts are compared with its labels.
  const labels = to.enum && comparison.to.enums[keyOf(to.enum)]?.values
  const target = to.enum ? `text${to.dimensions}` : typeOf(to)
  const asText = (sql: string) => (to.enum ? sql.replaceAll(`::${at(to.enum)}`, '::text') : sql)
  const forth = asText(conversion(source, to, comparison.isDown) ?? value)
  const back = conversion(to, source, !comparison.isDown) ?? value
  const strangers = to.dimensions ? 'hearth_to::text[] <@' : 'hearth_to = any'
  const refusals = [
    ...(to.notNull ? ['hearth_to is null'] : []),
    ...(labels ? [`not (${strangers} (array[${labels.map(literal).join(', ')}]::text[]))`] : []),
  ]
  const body = [
    `declare hearth_to ${target}; hearth_back ${typeOf(from)}; begin`,
    `declare ${value} ${typeOf(from)} := $1; begin hearth_to := ${forth};`,
    ...(refusals.length > 0 ? [`if ${refusals.join(' or ')} then return null; end if;`] : []),
    'exception when others then return null; end;',
    `declare ${value} ${target} := hearth_to; begin hearth_back := ${back};`,
    'exception when others then hearth_back := null; end;',
    'return array[hearth_to::text, hearth_back::text]; end',
  ].join(' ')
  const own = quote(from.was)
  const call = `pg_temp.hearth_convert(${own})`
  return {
    setup: `create or replace function pg_temp.hearth_convert(${typeOf(from)}) returns text[] language plpgsql as $hearth$ ${body} $hearth$`,
    fails: `${own} is not null and ${call} is null`,
    changes: `${own} is not null and (${call})[2] is distinct from ${own}::text and ${call} is not null`,
    result: `(${call})[1]`,
  }
}

/** What a change of type loses, counted. */
export function lostInConversion(
  comparison: Comparison,
  kept: KeptTable,
  from: Column,
  to: Column,
): Hazard[] {
  if (keepsAll(comparison, from, to)) return []
  const { setup, changes } = conversionOf(comparison, from, to)
  const name = `${keyOf(kept.from.was)}.${from.was}`
  const what = `values changed for good by ${typeOf(to)} in column ${name}`
  return [
    { what, column: name, count: `${setup}; select count(*) from ${at(kept.from.was)} where ${changes}` },
  ]
}

/** The values that a change of type can't convert. */
export function stoppedInConversion(
  comparison: Comparison,
  kept: KeptTable,
  from: Column,
  to: Column,
): Blocker[] {
  if (neverFails(comparison, from, to)) return []
  const { setup, fails } = conversionOf(comparison, from, to)
  const what = `values unfit for ${typeOf(to)} in column ${keyOf(kept.from.was)}.${from.was}`
  return [blocker(kept, what, fails, setup)]
}

const INTEGERS = ['smallint', 'integer', 'bigint']

// Only where Postgres' manual leaves no doubt; everything else is counted.
function keepsAll(comparison: Comparison, from: Column, to: Column): boolean {
  if (to.enum && !from.dimensions === !to.dimensions)
    return from.enum !== undefined || familyOf(from) === 'text'
  if (from.dimensions && !to.dimensions && comparison.isDown) return false
  if (!from.dimensions !== !to.dimensions) return isUnlimitedText(to) && !to.dimensions
  return widens(from, to)
}

function neverFails(comparison: Comparison, from: Column, to: Column): boolean {
  if (!to.enum) return keepsAll(comparison, from, to)
  if (!from.enum || !from.dimensions !== !to.dimensions) return false
  const before = comparison.from.enums[keyOf(from.enum)]?.values
  const after = comparison.to.enums[keyOf(to.enum)]?.values
  return before?.every((value) => after?.includes(value)) === true
}

function widens(from: Column, to: Column): boolean {
  if (to.enum) return false
  if (isUnlimitedText(to)) return true
  const [before, after] = [from.type.toLowerCase(), to.type.toLowerCase()]
  const [size, room] = [lengthOf(before), lengthOf(after)]
  if (/^varchar\b/.test(after) && size !== null && room !== null) return size <= room
  if (!INTEGERS.includes(before)) return false
  return after === 'numeric' || INTEGERS.indexOf(after) >= INTEGERS.indexOf(before)
}

const isUnlimitedText = ({ type, enum: isEnum }: Column): boolean =>
  !isEnum && /^(text|varchar|character varying)$/i.test(type)

function lengthOf(type: string): number | null {
  const length = type.match(/^(?:varchar|char|character varying|character)\b.*\((\d+)\)/)?.[1]
  return length === undefined ? null : Number(length)
}
