import type { Model, Table } from './model.ts'
import { at, keyOf, type Place, quote, withIdentifier } from './sql.ts'

/** A declared change of name. `table` is where a column's table is once earlier renames have been made. */
export type Rename =
  | { kind: 'schema'; from: string; to: string }
  | { kind: 'table' | 'enum' | 'sequence'; from: Place; to: Place }
  | { kind: 'column'; table: Place; from: string; to: string }

/** The renames that undo `renames`. */
export function inverted(renames: Rename[]): Rename[] {
  return renames.toReversed().map((rename) => ({ ...rename, from: rename.to, to: rename.from }) as Rename)
}

/** `model` after `renames`, and the statements that make them. What Postgres renames along with a name, such as a check's columns, is renamed too. */
export function applyRenames(model: Model, renames: Rename[]): { model: Model; statements: string[] } {
  const renamed = structuredClone(model)
  return { model: renamed, statements: renames.flatMap((rename) => apply(renamed, rename)) }
}

function apply(model: Model, rename: Rename): string[] {
  switch (rename.kind) {
    case 'schema':
      return renameSchema(model, rename.from, rename.to)
    case 'column':
      return renameColumn(model, rename.table, rename.from, rename.to)
    case 'table':
      return renameTable(model, rename.from, rename.to)
    case 'enum':
      for (const column of allColumns(model)) if (isAt(column.enum, rename.from)) column.enum = rename.to
      move(model.enums, rename.from, rename.to)
      return moveStatements('TYPE', rename.from, rename.to)
    case 'sequence':
      move(model.sequences, rename.from, rename.to)
      return moveStatements('SEQUENCE', rename.from, rename.to)
  }
}

function renameSchema(model: Model, from: string, to: string): string[] {
  const inNew = <T extends Place>(place: T): T => (place.schema === from ? { ...place, schema: to } : place)
  const rekeyed = <T extends Place>(all: Record<string, T>) =>
    Object.fromEntries(Object.values(all).map((it) => [keyOf(inNew(it)), inNew(it)]))
  model.schemas = model.schemas.map((name) => (name === from ? to : name))
  model.tables = rekeyed(model.tables)
  model.enums = rekeyed(model.enums)
  model.sequences = rekeyed(model.sequences)
  model.views = rekeyed(model.views)
  for (const column of allColumns(model)) if (column.enum) column.enum = inNew(column.enum)
  for (const table of Object.values(model.tables)) {
    for (const key of Object.values(table.foreignKeys)) key.target = inNew(key.target)
    rewrite(table, from, to)
  }
  return [`ALTER SCHEMA ${quote(from)} RENAME TO ${quote(to)};`]
}

function renameTable(model: Model, from: Place, to: Place): string[] {
  move(model.tables, from, to)
  for (const table of Object.values(model.tables)) {
    for (const key of Object.values(table.foreignKeys)) if (isAt(key.target, from)) key.target = to
    rewrite(table, from.name, to.name)
  }
  return moveStatements('TABLE', from, to)
}

function renameColumn(model: Model, place: Place, from: string, to: string): string[] {
  const table = model.tables[keyOf(place)]
  if (!table) return []
  const changed = (names: string[]) => names.map((name) => (name === from ? to : name))
  table.columns = Object.fromEntries(
    Object.values(table.columns).map((column) =>
      column.name === from ? [to, { ...column, name: to }] : [column.name, column],
    ),
  )
  if (table.primaryKey) table.primaryKey.columns = changed(table.primaryKey.columns)
  for (const unique of Object.values(table.uniques)) unique.columns = changed(unique.columns)
  for (const key of Object.values(table.foreignKeys)) key.columns = changed(key.columns)
  for (const index of Object.values(table.indexes))
    for (const part of index.columns) if (!part.isExpression && part.expression === from) part.expression = to
  for (const other of Object.values(model.tables))
    for (const key of Object.values(other.foreignKeys))
      if (isAt(key.target, place)) key.targetColumns = changed(key.targetColumns)
  rewrite(table, from, to)
  return [`ALTER TABLE ${at(place)} RENAME COLUMN ${quote(from)} TO ${quote(to)};`]
}

function move<T extends Place>(all: Record<string, T>, from: Place, to: Place): void {
  const moved = all[keyOf(from)]
  if (!moved) return
  delete all[keyOf(from)]
  all[keyOf(to)] = { ...moved, ...to }
}

function moveStatements(kind: string, from: Place, to: Place): string[] {
  const moved = { ...from, schema: to.schema }
  return [
    ...(from.schema === to.schema ? [] : [`ALTER ${kind} ${at(from)} SET SCHEMA ${quote(to.schema)};`]),
    ...(from.name === to.name ? [] : [`ALTER ${kind} ${at(moved)} RENAME TO ${quote(to.name)};`]),
  ]
}

// Views are left as they are: one whose text changes is created again, which is how its columns get their new names.
function rewrite(table: Table, from: string, to: string): void {
  const change = <T extends string | undefined>(text: T) =>
    (text === undefined ? text : withIdentifier(text, from, to)) as T
  for (const column of Object.values(table.columns)) {
    if (column.generated !== undefined) column.generated = change(column.generated)
  }
  for (const check of Object.values(table.checks)) check.value = change(check.value)
  for (const index of Object.values(table.indexes)) {
    if (index.where !== undefined) index.where = change(index.where)
    for (const part of index.columns) if (part.isExpression) part.expression = change(part.expression)
  }
  for (const policy of Object.values(table.policies)) {
    if (policy.using !== undefined) policy.using = change(policy.using)
    if (policy.withCheck !== undefined) policy.withCheck = change(policy.withCheck)
  }
}

const isAt = (place: Place | undefined, other: Place) => place !== undefined && keyOf(place) === keyOf(other)

const allColumns = (model: Model) =>
  Object.values(model.tables).flatMap((table) => Object.values(table.columns))
