import type { KeptTable } from './compare.ts'
import type { ForeignKey, Model, Table } from './model.ts'
import { partsOf } from './parts.ts'
import { at, keyOf, list, mentions, quote } from './sql.ts'

/** Rows that make a migration fail: `what` follows their number, which `count` tells; `where` picks them from `table`. */
export type Blocker = { what: string; count: string; table: string; where: string }

/** Rows of a table, by the name that it had before. */
export function blocker({ from: table }: KeptTable, what: string, where: string): Blocker {
  const place = at(table.was)
  return { what, count: `select count(*) from ${place} where ${where}`, table: place, where }
}

/** The rows that break constraints which the table did not have; those that are only made anew hold already. */
export function conditionsOf(from: Model, kept: KeptTable): Blocker[] {
  const known = new Set(partsOf(kept.from).map(({ body }) => body))
  const fresh = new Set(
    partsOf(kept.to)
      .filter(({ body }) => !known.has(body))
      .map(({ kind, name }) => `${kind} ${name}`),
  )
  const { primaryKey } = kept.to
  const uniques = [
    ...(primaryKey && fresh.has(`primary key ${primaryKey.name}`) ? [primaryKey.columns] : []),
    ...Object.values(kept.to.uniques)
      .filter(({ name }) => fresh.has(`unique ${name}`))
      .map(({ columns }) => columns),
  ]
  return [
    ...uniques.flatMap((columns) => duplicates(kept, columns)),
    ...Object.values(kept.to.checks)
      .filter(({ name }) => fresh.has(`check ${name}`))
      .flatMap(({ name, value }) => violations(kept, name, value)),
    ...Object.values(kept.to.foreignKeys)
      .filter(({ name }) => fresh.has(`foreign key ${name}`))
      .flatMap((key) => orphans(from, kept, key)),
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
