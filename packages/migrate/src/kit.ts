import { createRequire } from 'node:module'
import { correctedDefault } from './plan/defaults.ts'
import type { Snapshot } from './snapshot.ts'

export type { Snapshot }

// Loaded on demand: it is large, and a project that only applies migrations does without it.
const drizzleKit = () => createRequire(import.meta.url)('drizzle-kit/api') as typeof import('drizzle-kit/api')

/** Takes drizzle-kit's picture of models: exported tables, enums, views and the like, by export name. */
export function snapshotOf(models: Record<string, unknown>, previous?: Snapshot): Snapshot {
  // The trip through JSON leaves what a snapshot file would hold, so that both kinds compare equal.
  return JSON.parse(JSON.stringify(drizzleKit().generateDrizzleJson(models, previous?.id), plainNumbers))
}

/** The statements that make everything in `models` in an empty database. */
export async function createStatements(models: Record<string, unknown>): Promise<string[]> {
  return installStatements(snapshotOf(models))
}

/**
 * The statements with which drizzle-kit makes everything of a snapshot in an empty database. Two of its faults are
 * fixed: what quotes do to defaults, and foreign keys and views that come before what they rest on.
 */
export async function installStatements(snapshot: Snapshot): Promise<string[]> {
  const corrected = structuredClone(snapshot)
  for (const table of Object.values(corrected.tables))
    for (const column of Object.values(table.columns))
      if (column.default !== undefined) column.default = correctedDefault(column.default, column.type)
  const statements: string[] = await drizzleKit().generateMigration(snapshotOf({}), corrected)
  const rank = (statement: string) => LATE.findIndex((late) => late.test(statement))
  return statements.map((it) => it.trim()).toSorted((a, b) => rank(a) - rank(b))
}

const LATE = [/^ALTER TABLE .* FOREIGN KEY /, /^CREATE (MATERIALIZED )?VIEW /, /^CREATE POLICY /]

const plainNumbers = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
