import { type Catalog, catalogDifferences, readCatalog } from '../catalog.ts'
import type { Folder } from '../folder.ts'
import { keyOf, type Place } from '../plan/sql.ts'
import { Refusal } from '../refusal.ts'
import { readSettledStatus } from '../run/run.ts'
import { describeDatabase, majorVersion, withSession } from '../run/session.ts'
import { checkBeforeUp, currentOf, isApplied, pendingOf, type Status } from '../run/status.ts'
import { checkUnfinished } from '../run/unfinished.ts'
import type { Replay } from './replay.ts'

const PATIENCE = { say: (line: string) => console.error(line), lockTimeoutMs: 5_000 }

/**
 * Holds a database against what the migrations that it has had make of an empty one. What is pending is no finding, and neither is what
 * two versions of PostgreSQL do differently. Changes nothing.
 */
export function compareLive(
  url: string,
  folder: Folder,
  { catalogs, major }: Replay,
): Promise<{ agrees: string; findings: string[] }> {
  return withSession(url, async (session) => {
    const status = await readSettledStatus(session, folder, PATIENCE)
    const pending = pendingOf(status).length
    const agrees = `ok: ${describeDatabase(url)} is at ${currentOf(status)?.name ?? 'none'}${pending > 0 ? `, ${pending} pending` : ''}`
    const refusals = refusalsOf(status)
    const expected = catalogs[status.entries.findLastIndex(isApplied) + 1]
    // A database that is at no point of the migrations' line can't be held against one.
    if (refusals.length > 0 || !expected) return { agrees, findings: refusals }
    const actual = await readCatalog(session.query)
    leaveOutTracking(actual, folder.table)
    leaveOutPlatform(actual, expected, await majorVersion(session), major)
    const differences = catalogDifferences(actual, expected)
    const moved = `${describeDatabase(url)} was changed by something other than its migrations:`
    return { agrees, findings: differences.length > 0 ? [moved, ...differences] : [] }
  })
}

function refusalsOf(status: Status): string[] {
  try {
    checkUnfinished(status, 'up', undefined)
    checkBeforeUp(status)
    return []
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [error.message]
  }
}

// Where drizzle.config names a table outside the schema `drizzle`, which no catalog reads.
function leaveOutTracking(actual: Catalog, table: Place): void {
  const key = keyOf(table)
  for (const [name, { of, owner }] of actual) {
    const isOwn = name === `table ${key}` || of === key || String(owner).includes(`${table.name}.id:`)
    if (isOwn || name === `column order ${key}`) actual.delete(name)
  }
}

// What a host, or another version of PostgreSQL, makes different without anybody's change.
function leaveOutPlatform(actual: Catalog, expected: Catalog, major: number, replayed: number): void {
  for (const key of actual.keys()) {
    if (key.startsWith('extension ') && !expected.has(key)) actual.delete(key)
  }
  if (major === replayed) return
  for (const catalog of [actual, expected]) {
    for (const [key, { definition, query: _, ...facts }] of catalog) {
      if (key.startsWith('view ')) catalog.set(key, facts) // each version writes a view's query out in its own way
      // Before version 18, a NOT NULL was no constraint with a name.
      if (key.startsWith('constraint ') && String(definition).startsWith('NOT NULL ')) catalog.delete(key)
    }
  }
}
