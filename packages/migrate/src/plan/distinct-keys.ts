import type { Unique } from '../snapshot.ts'
import type { Table } from './model.ts'

/** The keys that Postgres makes: of equal ones in a CREATE TABLE only one, and the first that has a name gives it (transformIndexConstraints in parse_utilcmd.c). */
export function distinctKeys(
  primaryKey: Table['primaryKey'],
  uniques: Unique[],
  isNamed: boolean,
): Pick<Table, 'primaryKey' | 'uniques'> {
  const isSame = (a: { columns: string[]; nullsNotDistinct?: boolean }, b: Unique) =>
    String(a.columns) === String(b.columns) && (a.nullsNotDistinct ?? false) === b.nullsNotDistinct
  const twin = primaryKey && uniques.find((unique) => isSame(primaryKey, unique))
  const others = uniques.filter((unique) => !primaryKey || !isSame(primaryKey, unique))
  const distinct = others.filter((unique) => others.find((first) => isSame(first, unique)) === unique)
  return {
    ...(primaryKey && { primaryKey: { ...primaryKey, ...(twin && !isNamed && { name: twin.name }) } }),
    uniques: Object.fromEntries(distinct.map((unique) => [unique.name, unique])),
  }
}
