import { type Catalog, catalogDifferences, readCatalog } from './catalog.ts'
import type { Folder } from './folder.ts'
import { Refusal } from './refusal.ts'
import { readSettledStatus } from './run.ts'
import { describeDatabase, type Session, withSession } from './session.ts'
import { checkBeforeUp, currentOf, isApplied, pendingOf, type Status } from './status.ts'
import { checkUnfinished } from './unfinished.ts'

const PATIENCE = { say: (line: string) => console.error(line), lockTimeoutMs: 5_000 }

/**
 * Holds a database against what the migrations that it has had make of an empty one: `catalogs` are those after 0, 1, 2 … migrations.
 * What is pending is no finding. Changes nothing.
 */
export function compareLive(
  url: string,
  folder: Folder,
  catalogs: Catalog[],
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
    await leaveOutPlatform(session, actual, expected)
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

// Hosts install extensions of their own, and before PostgreSQL 18 a NOT NULL was no constraint with a name.
async function leaveOutPlatform(session: Session, actual: Catalog, expected: Catalog): Promise<void> {
  for (const key of actual.keys()) {
    if (key.startsWith('extension ') && !expected.has(key)) actual.delete(key)
  }
  const [row] = await session.query(`select current_setting('server_version_num')::int as version`)
  if (Number(row?.version) >= 180_000) return
  for (const [key, { definition }] of expected) {
    if (key.startsWith('constraint ') && String(definition).startsWith('NOT NULL ')) expected.delete(key)
  }
}
