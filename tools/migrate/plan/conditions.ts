import type { KeptTable } from './compare.ts'
import type { ForeignKey, Model, Table } from './model.ts'
import { at, keyOf, list, mentions, quote } from './sql.ts'

/** Rows that make a migration fail: `what` follows their number, which `count` tells; `where` picks them from `table`. */
export type Blocker = { what: string; count: string; table: string; where: string }

/** Rows of a table, by the name that it had before. */
export function blocker({ from: table }: KeptTable, what: string, where: string): Blocker {
  const place = at(table.was)
  return { what, count: `select count(*) from ${place} where ${where}`, table: place, where }
}

/** The rows that break conditions which the table did not have; those that are only made anew, or otherwise, hold already. */
export function conditionsOf(from: Model, kept: KeptTable): Blocker[] {
  const knownSets = uniqueSets(kept.from).map(String)
  const knownChecks = Object.values(kept.from.checks).map(({ value }) => value)
  const knownKeys = Object.values(kept.from.foreignKeys).map(claim)
  return [
    ...uniqueSets(kept.to)
      .filter((columns) => !knownSets.includes(String(columns)))
      .flatMap((columns) => duplicates(kept, columns)),
    ...Object.values(kept.to.checks)
      .filter(({ value }) => !knownChecks.includes(value))
      .flatMap(({ name, value }) => violations(kept, name, value)),
    ...Object.values(kept.to.foreignKeys)
      .filter((key) => !knownKeys.includes(claim(key)))
      .flatMap((key) => orphans(from, kept, key)),
  ]
}

// What a foreign key says of rows, whatever happens on a deletion.
const claim = ({ columns, target, targetColumns }: ForeignKey): string =>
  JSON.stringify([columns, keyOf(target), targetColumns])

/** The columns whose values together may not repeat; an index on an expression, or on some rows, is left out. */
function uniqueSets({ primaryKey, uniques, indexes }: Table): string[][] {
  const plain = Object.values(indexes).filter(
    (index) => index.isUnique && !index.where && index.columns.every((it) => !it.isExpression),
  )
  return [
    ...(primaryKey ? [primaryKey.columns] : []),
    ...Object.values(uniques).map(({ columns }) => columns),
    ...plain.map((index) => index.columns.map(({ expression }) => expression)),
  ]
}

function former({ altered }: KeptTable, columns: string[]): string[] | null {
  const names = columns.map((name) => altered.find(({ to }) => to.name === name)?.from.was)
  return names.every((name) => name !== undefined) ? (names as string[]) : null
}

function duplicates(kept: KeptTable, columns: string[]): Blocker[] {
  const names = former(kept, columns)
  if (!names) return []
  const place = at(kept.from.was)
  const same = names.map((name) => `other.${quote(name)} = ${place}.${quote(name)}`).join(' and ')
  const where = `exists (select from ${place} as other where other.ctid < ${place}.ctid and ${same})`
  return [blocker(kept, `rows of ${keyOf(kept.from.was)} that repeat (${list(names)})`, where)]
}

function violations(kept: KeptTable, name: string, value: string): Blocker[] {
  const isKnown = Object.values(kept.to.columns).every(
    (column) => !mentions(value, column.name) || kept.from.columns[column.name]?.was === column.name,
  )
  if (!isKnown || kept.from.was.name !== kept.to.name) return []
  return [blocker(kept, `rows of ${keyOf(kept.to)} that break the check ${name}`, `not (${value})`)]
}

function orphans(from: Model, kept: KeptTable, key: ForeignKey): Blocker[] {
  const target: Table | undefined = from.tables[keyOf(key.target)]
  const names = former(kept, key.columns)
  if (!names || !target) return []
  const place = at(kept.from.was)
  const pairs = names.map((name, n) => {
    const referenced = target.columns[key.targetColumns[n] ?? '']?.was ?? ''
    return `other.${quote(referenced)} = ${place}.${quote(name)}`
  })
  const present = names.map((name) => `${quote(name)} is not null`).join(' and ')
  const where = `${present} and not exists (select from ${at(target.was)} as other where ${pairs.join(' and ')})`
  return [blocker(kept, `rows of ${keyOf(kept.from.was)} without their row in ${keyOf(target.was)}`, where)]
}
