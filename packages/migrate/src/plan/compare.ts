import { typeOf } from './casts.ts'
import type { Column, Model, Table } from './model.ts'
import { keyOf, mentions } from './sql.ts'

/** A table that both models have, and what becomes of its columns. */
export type KeptTable = {
  from: Table
  to: Table
  added: Column[]
  dropped: Column[]
  altered: { from: Column; to: Column; retyped: boolean }[]
}

/** The difference of two models, tables and enums first: everything else depends on them. */
export type Comparison = {
  from: Model
  to: Model
  /** Whether it is for a down migration. */
  isDown: boolean
  createdTables: Table[]
  /** A table before those that it refers to, as far as they go round in no circle. */
  droppedTables: Table[]
  keptTables: KeptTable[]
  /** Enums created again: Postgres can't take a value away, and can't use a new one before it is committed. */
  rebuiltEnums: Set<string>
  /** By table, the columns that are dropped, added or change their type: what uses them must be created again. */
  touched: ColumnsByTable
  /** The touched columns and the renamed ones: a view keeps the old names. */
  reshaped: ColumnsByTable
}

export type ColumnsByTable = Map<string, Set<string>>

/** Compares two models. `rebuiltEnums` are the keys of those enums, of both models, that must be created again. */
export function compare(from: Model, to: Model, rebuiltEnums: Set<string>, isDown: boolean): Comparison {
  const kept = Object.keys(from.tables).filter((key) => to.tables[key])
  const keptTables = kept.map((key) =>
    compareColumns(from.tables[key] as Table, to.tables[key] as Table, rebuiltEnums),
  )
  const byTable = (columns: (table: KeptTable) => string[]): ColumnsByTable =>
    new Map(keptTables.map((table) => [keyOf(table.to), new Set(columns(table))]))
  return {
    from,
    to,
    isDown,
    createdTables: Object.values(to.tables).filter((table) => !from.tables[keyOf(table)]),
    droppedTables: referrersFirst(Object.values(from.tables).filter((table) => !to.tables[keyOf(table)])),
    keptTables,
    rebuiltEnums,
    touched: byTable(touchedColumns),
    reshaped: byTable((table) => [...touchedColumns(table), ...renamedColumns(table)]),
  }
}

/** Whether a text, such as a policy's condition, uses one of `columns` of a table that it names, or of the table `own`. */
export function usesColumns(text: string, columns: ColumnsByTable, own?: string): boolean {
  if (text === '') return false
  return [...columns].some(([key, names]) => {
    if (key === own) return [...names].some((name) => mentions(text, name))
    if (names.size === 0 || !mentions(text, key.slice(key.indexOf('.') + 1))) return false
    return text.includes('*') || [...names].some((name) => mentions(text, name))
  })
}

const touchedColumns = ({ dropped, added, altered }: KeptTable): string[] => [
  ...[...dropped, ...added].map(({ name }) => name),
  ...altered.filter(({ retyped }) => retyped).map(({ to }) => to.name),
]

const renamedColumns = ({ altered }: KeptTable): string[] =>
  altered.flatMap(({ from: { name, was } }) => (name === was ? [] : [name, was]))

function compareColumns(from: Table, to: Table, rebuiltEnums: Set<string>): KeptTable {
  const pairs = Object.values(to.columns).flatMap((column) => {
    const before = from.columns[column.name]
    return before ? [{ from: before, to: column, retyped: isRetyped(before, column, rebuiltEnums) }] : []
  })
  const changing = pairs.filter(({ retyped }) => retyped).map(({ to: { name } }) => name)
  // What is generated is made again from its source rather than converted.
  const isReplaced = ({ from: before, to: after, retyped }: (typeof pairs)[number]) =>
    after.generated === undefined
      ? before.generated !== undefined && retyped
      : before.generated !== after.generated ||
        retyped ||
        changing.some((name) => mentions(after.generated ?? '', name))
  const replaced = pairs.filter(isReplaced)
  return {
    from,
    to,
    added: [
      ...Object.values(to.columns).filter(({ name }) => !from.columns[name]),
      ...replaced.map((pair) => pair.to),
    ],
    dropped: [
      ...Object.values(from.columns).filter(({ name }) => !to.columns[name]),
      ...replaced.map((pair) => pair.from),
    ],
    altered: pairs.filter((pair) => !replaced.includes(pair)),
  }
}

function isRetyped(from: Column, to: Column, rebuiltEnums: Set<string>): boolean {
  return typeOf(from) !== typeOf(to) || (to.enum !== undefined && rebuiltEnums.has(keyOf(to.enum)))
}

function referrersFirst(tables: Table[]): Table[] {
  const sorted = new Set<Table>()
  const visit = (table: Table, above: Table[]) => {
    if (sorted.has(table) || above.includes(table)) return
    for (const other of tables) if (refersTo(other, table)) visit(other, [...above, table])
    sorted.add(table)
  }
  for (const table of tables) visit(table, [])
  return [...sorted]
}

const refersTo = (table: Table, other: Table) =>
  table !== other && Object.values(table.foreignKeys).some(({ target }) => keyOf(target) === keyOf(other))
