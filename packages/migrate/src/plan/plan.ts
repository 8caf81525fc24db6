import { type Comparison, compare } from './compare.ts'
import { compareParts, type PartChanges } from './compare-parts.ts'
import { compareEnums, enumsInUse, enumsToRebuild } from './enums.ts'
import { addColumn } from './fillers.ts'
import type { Model } from './model.ts'
import type { Part } from './parts.ts'
import { applyRenames, type Rename } from './renames.ts'
import { compareRoles } from './roles.ts'
import { compareSequences } from './sequences.ts'
import { at, quote } from './sql.ts'
import { alterColumns, createTable, dropColumns, renameNotNulls, rowSecurity } from './tables.ts'
import { compareViews } from './views.ts'

/** The way from one model to another. */
export type Plan = {
  statements: string[]
  /** Whether the statements must run outside a transaction. */
  concurrent: boolean
  /** Indexes that would be made CONCURRENTLY, were they not among statements that need a transaction. */
  couldBeConcurrent: string[]
  comparison: Comparison
}

/** Plans the way from one model to another, with the renames that were declared for it. `isDown`: it undoes a migration from the other. */
export function plan(from: Model, to: Model, renames: Rename[] = [], isDown = false): Plan {
  const renamed = applyRenames(from, renames)
  const rebuiltEnums = enumsToRebuild(renamed.model.enums, to.enums)
  return planWith(compare(renamed.model, to, rebuiltEnums, isDown), renamed.statements)
}

function planWith(comparison: Comparison, renames: string[]): Plan {
  const { from, to, rebuiltEnums, isDown } = comparison
  const { createdTables, droppedTables, keptTables } = comparison
  const [enums, views] = [compareEnums(comparison), compareViews(comparison)]
  const parts = compareParts(comparison, views.dropped)
  const isPolicy = ({ kind }: Part) => kind === 'policy'
  const [policies, others] = [parts.created.filter(isPolicy), parts.created.filter((it) => !isPolicy(it))]
  const [sequences, roles] = [compareSequences(from, to), compareRoles(from, to)]
  const uses = [
    ...createdTables.map(createTable),
    ...keptTables.flatMap(dropColumns),
    ...keptTables.flatMap((kept) => alterColumns(kept, isDown)),
    ...keptTables.flatMap(({ to: table, added }) => added.flatMap((column) => addColumn(to, table, column))),
    ...enums.after,
    ...sequences.drop,
    ...others.map(({ create }) => create),
    ...rowSecurity(comparison),
    ...views.create,
    ...policies.map(({ create }) => create), // which may read views
  ]
  const inUse = enumsInUse(enums, uses)
  if (inUse.length > 0)
    return planWith(compare(from, to, new Set([...rebuiltEnums, ...inUse]), isDown), renames)
  const isNew = (name: string) => !from.schemas.includes(name)
  const statements = [
    ...to.schemas.filter(isNew).map((name) => `CREATE SCHEMA ${quote(name)};`),
    ...renames,
    ...parts.dropped.filter(isPolicy).map(({ drop }) => drop),
    ...views.drop,
    ...parts.dropped.filter((part) => isLink(part) && !isPolicy(part)).map(({ drop }) => drop),
    ...droppedTables.map((table) => `DROP TABLE ${at(table)};`),
    ...parts.dropped.filter((part) => !isLink(part)).map(({ drop }) => drop),
    ...parts.renamed,
    ...keptTables.flatMap(renameNotNulls),
    ...roles.create,
    ...enums.before,
    ...sequences.create,
    ...uses,
    ...from.schemas.filter((name) => !to.schemas.includes(name)).map((name) => `DROP SCHEMA ${quote(name)};`),
    ...roles.drop,
  ]
  const concurrent = concurrently(parts)
  const isConcurrent = concurrent.length > 0 && concurrent.length === statements.length
  const isInNewTable = (name: string) => createdTables.some(({ indexes }) => indexes[name])
  const indexes = parts.created.filter((part) => part.concurrent && !isInNewTable(part.name))
  return {
    statements: isConcurrent ? concurrent : statements,
    concurrent: isConcurrent,
    couldBeConcurrent: isConcurrent ? [] : indexes.map(({ name }) => name),
    comparison,
  }
}

// What ties a table to another. A dropped table's own go with it, before the keys that they rest on.
const isLink = ({ kind }: Part): boolean => kind === 'foreign key' || kind === 'policy'

// Only by themselves: CONCURRENTLY forbids a transaction, which all the rest should have.
function concurrently({ dropped, created }: PartChanges): string[] {
  const statements = [
    ...dropped.filter(({ concurrent }) => concurrent).map(({ drop }) => drop),
    ...created.filter(({ concurrent }) => concurrent).map(({ create }) => create),
  ]
  return statements.map((statement) => statement.replace('INDEX', 'INDEX CONCURRENTLY'))
}
