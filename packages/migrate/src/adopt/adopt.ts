import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalog, catalogDifferences, type Query, readCatalog } from '../catalog.ts'
import { fileText } from '../create/write.ts'
import { DRIZZLE_TABLE, type Folder, type Migration } from '../folder.ts'
import { snapshotPath } from '../journal.ts'
import { type Hazards, hazardLines, hazardsOf } from '../plan/hazards.ts'
import { modelOf } from '../plan/model.ts'
import { type Plan, plan } from '../plan/plan.ts'
import { inverted } from '../plan/renames.ts'
import { runPrelude } from '../prelude.ts'
import { countable } from '../proof/counts.ts'
import { withRealKeys } from '../proof/keys.ts'
import { runObserved, StatementError } from '../proof/observe.ts'
import { remove, seed } from '../proof/seed.ts'
import { wishesOf } from '../proof/wishes.ts'
import { runAll } from '../run/runner.ts'
import { type Session, withSession } from '../run/session.ts'
import { pendingOf } from '../run/status.ts'
import { emptyDatabase, withScratchDatabase } from '../scratch.ts'
import { emptySnapshot, type Snapshot } from '../snapshot.ts'
import { readSnapshot } from '../snapshot-file.ts'
import { declaredRenames } from './declared-renames.ts'

/** A down migration that was written for a migration which had none, or why it could not be. */
export type Adopted = { name: string; file: string | null; differences: string[]; loses: string[] }

/**
 * Plans and proves a down migration for each migration that has none, from the snapshots that drizzle-kit left and from what the
 * migration's own SQL does on a scratch database, and writes it. Throws the `Refusal` of a migration that does not run.
 */
export function adopt(given: Folder, scratch: string): Promise<Adopted[]> {
  const folder = { ...given, table: DRIZZLE_TABLE }
  return withScratchDatabase(scratch, (url) =>
    withSession(url, async (session) => {
      await runPrelude(session.query, folder.path)
      const adopted: Adopted[] = []
      for (const [place, migration] of folder.migrations.entries()) {
        if (migration.down === null) {
          adopted.push(await adoptOne(session, folder, migration))
          await rebuild(session, folder, place)
        }
        await goTo(session, folder, place)
      }
      return adopted
    }),
  )
}

async function adoptOne(session: Session, folder: Folder, migration: Migration): Promise<Adopted> {
  const { name, up } = migration
  const [from, to] = snapshotsAround(folder, migration)
  if (!to || !up) return { name, file: null, differences: ['no snapshot says what it does'], loses: [] }
  const { query } = session
  const renames = declaredRenames(up)
  const before = await withRealKeys(query, modelOf(from))
  const start = await readCatalog(query)
  await seedFor(query, plan(before, modelOf(to), renames))
  const place = folder.migrations.indexOf(migration)
  await goTo(session, folder, place)
  const way = plan(await withRealKeys(query, modelOf(to)), before, inverted(renames), true)
  const down = { ...way, ...(await countable(query, hazardsOf(way.comparison))) }
  const differences = await walkBack(query, down, start)
  const file = join(folder.path, `${name}.down.sql`)
  writeFileSync(file, textOf(down, differences))
  return { name, file, differences, loses: down.loses.map(({ what }) => what) }
}

// An entry without a snapshot was written by hand and changes no model.
function snapshotsAround({ path, migrations }: Folder, migration: Migration): [Snapshot, Snapshot | null] {
  const read = ({ name }: Migration) => {
    const file = snapshotPath(path, name)
    return existsSync(file) ? readSnapshot(file) : null
  }
  const earlier = migrations.slice(0, migrations.indexOf(migration)).map(read)
  return [earlier.findLast((snapshot) => snapshot !== null) ?? emptySnapshot(), read(migration)]
}

async function seedFor(query: Query, up: Plan): Promise<void> {
  await seed(query, { rows: 3, wishes: wishesOf(up.comparison) })
  for (const blocker of hazardsOf(up.comparison).blockedBy) await remove(query, blocker).catch(() => {})
}

async function walkBack(query: Query, down: Plan, start: Catalog): Promise<string[]> {
  try {
    await runObserved(query, down, 'the down migration')
    return catalogDifferences(await readCatalog(query), start).map((it) => `after it, ${it}`)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    return [`${error.message}, in ${error.statement}`]
  }
}

function textOf(down: Plan & Hazards, differences: string[]): string {
  const doubts = differences.map((it) => `-- hearth: not proved: ${it.replaceAll(/\s*\n\s*/g, ' ')}`)
  return fileText([...doubts, ...hazardLines(down)], down.statements)
}

async function rebuild(session: Session, folder: Folder, place: number): Promise<void> {
  await emptyDatabase(session.query)
  await runPrelude(session.query, folder.path)
  await goTo(session, folder, place)
}

const goTo = (session: Session, folder: Folder, place: number) =>
  runAll(session, {
    folder,
    direction: 'up',
    next: (status) =>
      pendingOf(status).find(({ migration }) => folder.migrations.indexOf(migration) <= place) ?? null,
    onRan: () => {},
    say: () => {},
    lockTimeoutMs: 0,
  })
