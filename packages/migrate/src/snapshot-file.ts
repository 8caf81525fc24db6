import { existsSync, readFileSync } from 'node:fs'
import { readJournal, snapshotPath } from './journal.ts'
import { Refusal } from './refusal.ts'
import { shownPath } from './script.ts'
import type { Snapshot, SnapshotColumn, SnapshotTable } from './snapshot.ts'

/**
 * The newest snapshot of a folder, or null where there is no migration yet; a migration that was written by hand has none. Throws
 * `missing` where not one is left, and `broken_folder` for one that can't be read.
 */
export function lastSnapshot(folder: string): Snapshot | null {
  const { entries } = readJournal(folder)
  const paths = entries.map(({ tag }) => snapshotPath(folder, tag))
  const newest = paths.findLast((path) => existsSync(path))
  if (newest) return readSnapshot(newest)
  const [path] = paths
  if (!path) return null
  throw new Refusal(
    'missing',
    `${shownPath(path)} is gone: bring it back, since the next migration begins where the last one ends.`,
  )
}

/** Reads a snapshot of drizzle-kit's format 7; what its older versions left out is filled in. Throws `broken_folder` for any other. */
export function readSnapshot(path: string): Snapshot {
  const found = parsed(readFileSync(path, 'utf8'))
  if (found?.version !== '7' || typeof found.tables !== 'object') {
    throw new Refusal(
      'broken_folder',
      `${shownPath(path)} is no snapshot of format 7: bring it up to date with \`drizzle-kit up\`, or look for marks that a merge left in it.`,
    )
  }
  const enums = found.enums ?? {}
  return {
    ...found,
    enums,
    schemas: found.schemas ?? {},
    sequences: found.sequences ?? {},
    roles: found.roles ?? {},
    policies: found.policies ?? {},
    views: found.views ?? {},
    tables: Object.fromEntries(
      Object.entries(found.tables).map(([key, table]) => [key, completed(table, enums)]),
    ),
  }
}

// drizzle-kit before 0.26 knew no checks, policies, views, sequences and roles, and did not say of a type that it is an enum.
function completed(table: SnapshotTable, enums: Snapshot['enums']): SnapshotTable {
  const typed = (column: SnapshotColumn): SnapshotColumn => {
    const type = column.type.replace(/(\[\d*\])+$/, '')
    const known = Object.values(enums).find(
      ({ name, schema }) => name === type && (schema || 'public') === 'public',
    )
    return column.typeSchema || !known ? column : { ...column, typeSchema: 'public' }
  }
  return {
    ...table,
    columns: Object.fromEntries(Object.entries(table.columns).map(([key, column]) => [key, typed(column)])),
    indexes: table.indexes ?? {},
    foreignKeys: table.foreignKeys ?? {},
    compositePrimaryKeys: table.compositePrimaryKeys ?? {},
    uniqueConstraints: table.uniqueConstraints ?? {},
    checkConstraints: table.checkConstraints ?? {},
    policies: table.policies ?? {},
    isRLSEnabled: table.isRLSEnabled ?? false,
  }
}

function parsed(text: string): Snapshot | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
