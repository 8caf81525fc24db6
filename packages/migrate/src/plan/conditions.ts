import { typeOf } from './casts.ts'
import type { Comparison, KeptTable } from './compare.ts'
import { conversionOf } from './conversions.ts'
import { fillOf } from './fillers.ts'
import type { ForeignKey, Model, Table } from './model.ts'
import { at, keyOf, list, mentions, quote, withIdentifier } from './sql.ts'

/** Rows that make a migration fail: `what` follows their number, which `count` tells; `where` picks them from `table`, after `setup`. */
export type Blocker = {
  what: string
  count: string
  setup?: string
  table: string
  where: string
  /** Whether any two rows are too many, whatever they hold. */
  isCrowd?: boolean
}

/** Rows of a table, by the name that it had before. */
export function blocker({ from: table }: KeptTable, what: string, where: string, setup?: string): Blocker {
  const place = at(table.was)
  const count = `${setup ? `${setup}; ` : ''}select count(*) from ${place} where ${where}`
  return { what, count, table: place, where, ...(setup && { setup }) }
}

/** The rows that break conditions which the table did not have; those that are only created again, or otherwise, hold already. */
export function conditionsOf(comparison: Comparison, kept: KeptTable): Blocker[] {
  const { from } = comparison
  const knownSets = uniqueSets(kept.from).map(({ columns }) => String(columns))
  const isMadeAnew = ({ columns }: UniqueSet) =>
    columns.some((name) => kept.added.some((it) => it.name === name) || convertedIn(kept, name))
  const knownChecks = Object.values(kept.from.checks).map(({ value }) => value)
  const knownKeys = Object.values(kept.from.foreignKeys).map(claim)
  return [
    ...uniqueSets(kept.to)
      .filter((set) => !knownSets.includes(String(set.columns)) || isMadeAnew(set))
      .flatMap((set) => duplicates(comparison, kept, set)),
    ...Object.values(kept.to.checks)
      .filter(({ value }) => !knownChecks.includes(value) || usesConverted(kept, value))
      .flatMap(({ name, value }) => violations(comparison, kept, name, value)),
    ...Object.values(kept.to.foreignKeys)
      .filter((key) => !knownKeys.includes(claim(key)))
      .flatMap((key) => orphans(from, kept, key)),
  ]
}

// What a foreign key says of rows, whatever happens on a deletion.
const claim = ({ columns, target, targetColumns }: ForeignKey): string =>
  JSON.stringify([columns, keyOf(target), targetColumns])

/** Columns whose values together may not repeat; `nulls`: NULLs may not either. */
type UniqueSet = { columns: string[]; nulls: boolean }

// An index on an expression, or on some rows, is left out.
function uniqueSets({ primaryKey, uniques, indexes }: Table): UniqueSet[] {
  const plain = Object.values(indexes).filter(
    (index) => index.isUnique && !index.where && index.columns.every((it) => !it.isExpression),
  )
  return [
    ...(primaryKey ? [{ columns: primaryKey.columns, nulls: false }] : []),
    ...Object.values(uniques).map(({ columns, nullsNotDistinct: nulls }) => ({ columns, nulls })),
    ...plain.map((index) => ({ columns: index.columns.map(({ expression }) => expression), nulls: false })),
  ]
}

const convertedIn = ({ altered }: KeptTable, name: string) =>
  altered.find(({ to, retyped }) => retyped && to.name === name)

const usesConverted = ({ altered }: KeptTable, value: string) =>
  altered.some(({ to, retyped }) => retyped && mentions(value, to.name))

function former({ altered }: KeptTable, columns: string[]): string[] | null {
  const names = columns.map((name) => altered.find(({ to }) => to.name === name)?.from.was)
  return names.every((name) => name !== undefined) ? (names as string[]) : null
}

function duplicates(comparison: Comparison, kept: KeptTable, { columns, nulls }: UniqueSet): Blocker[] {
  const added = kept.added.filter(({ name }) => columns.includes(name))
  const fills = added.map((column) => fillOf(comparison.to, kept.to, column))
  if (fills.some((fill) => fill === 'own' || (fill === 'null' && !nulls))) return []
  const rest = columns.filter((name) => !added.some((column) => column.name === name))
  const names = former(kept, rest)
  if (!names) return []
  // Two values that differ may become one.
  const converted = kept.altered.filter(({ to, retyped }) => retyped && rest.includes(to.name))
  const [conversion, second] = converted.map(({ from, to }) => conversionOf(comparison, from, to))
  if (second) return []
  const values = names.map((name) =>
    conversion && name === converted[0]?.from.was ? conversion.result : quote(name),
  )
  const place = at(kept.from.was)
  const given = nulls ? [] : names.map((name) => `${quote(name)} is not null`)
  const same = values.length > 0 ? ` group by ${values.join(', ')}` : ''
  const later = `select unnest((array_agg(ctid order by ctid))[2:]) from ${place}${given.length > 0 ? ` where ${given.join(' and ')}` : ''}${same}`
  const what = `rows of ${keyOf(kept.from.was)} that repeat (${list(columns)})`
  return [
    {
      ...blocker(kept, what, `ctid in (${later})`, conversion?.setup),
      ...(values.length === 0 && { isCrowd: true }),
    },
  ]
}

function violations(comparison: Comparison, kept: KeptTable, name: string, value: string): Blocker[] {
  const isKnown = Object.values(kept.to.columns).every(
    (column) => !mentions(value, column.name) || kept.from.columns[column.name]?.was === column.name,
  )
  if (!isKnown || kept.from.was.name !== kept.to.name) return []
  const what = `rows of ${keyOf(kept.to)} that break the check ${name}`
  const [first, second] = kept.altered.filter(({ to, retyped }) => retyped && mentions(value, to.name))
  if (!first) return [blocker(kept, what, `not (${value})`)]
  if (second) return []
  const { setup, result } = conversionOf(comparison, first.from, first.to)
  const marked = withIdentifier(value, first.to.name, MARK).replaceAll(
    QUALIFIED_MARK,
    `(${result})::${typeOf(first.to)}`,
  )
  return [blocker(kept, what, `not (${marked})`, setup)]
}

const MARK = 'hearth converted'
const QUALIFIED_MARK = /(?:"(?:[^"]|"")+"\.)*"hearth converted"/g

function orphans(from: Model, kept: KeptTable, key: ForeignKey): Blocker[] {
  const target: Table | undefined = from.tables[keyOf(key.target)]
  const names = former(kept, key.columns)
  if (!names) return []
  const place = at(kept.from.was)
  const present = names.map((name) => `${quote(name)} is not null`).join(' and ')
  const what = `rows of ${keyOf(kept.from.was)} without their row in ${keyOf(target?.was ?? key.target)}`
  if (!target) return [blocker(kept, what, present)] // a new table, which is empty at first
  const pairs = names.map((name, n) => {
    const referenced = target.columns[key.targetColumns[n] ?? '']?.was ?? ''
    return `other.${quote(referenced)} = ${place}.${quote(name)}`
  })
  const where = `${present} and not exists (select from ${at(target.was)} as other where ${pairs.join(' and ')})`
  return [blocker(kept, what, where)]
}
