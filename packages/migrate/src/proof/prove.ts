import { catalogDifferences, columnOrderDifferences, type Query, readCatalog } from '../catalog.ts'
import { DRIZZLE_TABLE, type Folder } from '../folder.ts'
import { type Hazards, hazardsOf } from '../plan/hazards.ts'
import { modelOf } from '../plan/model.ts'
import { type Plan, plan } from '../plan/plan.ts'
import { inverted, type Rename } from '../plan/renames.ts'
import { keyOf } from '../plan/sql.ts'
import { runPrelude } from '../prelude.ts'
import { runAll } from '../run/runner.ts'
import type { Session } from '../run/session.ts'
import { pendingOf } from '../run/status.ts'
import { emptyDatabase } from '../scratch.ts'
import type { Snapshot } from '../snapshot.ts'
import { type Contents, readContents } from './contents.ts'
import { clear, countable, seen } from './counts.ts'
import { crowded } from './crowded.ts'
import { suitFillers } from './fillers.ts'
import { freshCatalog } from './install.ts'
import { withRealKeys } from './keys.ts'
import { type Impact, runObserved, StatementError } from './observe.ts'
import { remove, seed } from './seed.ts'
import { excusedColumns, wishesOf } from './wishes.ts'

/** A migration, and what was seen of it on a scratch database. */
export type Proof = {
  up: Plan & Hazards
  down: Plan & Hazards
  /** How many rows each table had. */
  rows: number
  /** What is not as it should be, a line each; none: the migration is exact both ways. */
  differences: string[]
  /** The statement that failed, if one did. */
  failure: { direction: 'up' | 'down'; statement: string } | null
  /** Tables to which the up migration adds columns that in a fresh install come between others. */
  columnOrder: string[]
  /** What the up migration does to tables besides changing them. */
  impacts: Impact[]
  /** Tables that had no rows, since no sample fits them. */
  empty: string[]
}

/** What to prove: the way between two snapshots, from where a folder's migrations lead. */
export type Step = { folder: Folder; from: Snapshot; to: Snapshot; renames: Rename[] }

/**
 * Plans a step and tries it on a scratch database, which it empties, with rows in every table: up, which must equal a fresh
 * install of the models; down, which must equal the start; and up again. Columns that change their type have hostile values too.
 * Where that fails and one row a table does not, the difference says so, and a `blocked-by` line counts the rows of the table.
 */
export async function prove(session: Session, step: Step): Promise<Proof> {
  const proof = await tryWith({ rows: 3, isHostile: true }, session, step)
  if (proof.differences.length === 0) return proof
  const single = await tryWith({ rows: 1, isHostile: false }, session, step)
  return single.differences.length === 0 ? crowded(proof) : proof
}

type Filling = { rows: number; isHostile: boolean }

async function tryWith(filling: Filling, session: Session, step: Step): Promise<Proof> {
  const { query } = session
  await emptyDatabase(query)
  await runPrelude(query, step.folder.path)
  await applyAll(session, { ...step.folder, table: DRIZZLE_TABLE })
  const [before, after] = [await withRealKeys(query, modelOf(step.from)), modelOf(step.to)]
  for (const model of [before, after]) await suitFillers(query, model)
  const [up, down] = [plan(before, after, step.renames), plan(after, before, inverted(step.renames), true)]
  const proof: Proof = {
    up: { ...up, ...hazardsOf(up.comparison) },
    down: { ...down, ...hazardsOf(down.comparison) },
    rows: filling.rows,
    failure: null,
    differences: [],
    columnOrder: [],
    impacts: [],
    empty: [],
  }
  try {
    await walk(query, proof, step, filling)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    proof.differences.push(`${error.message}, in ${error.statement}`)
    proof.failure = {
      direction: error.message.startsWith('the down migration') ? 'down' : 'up',
      statement: error.statement,
    }
  } finally {
    await emptyDatabase(query)
  }
  return proof
}

async function walk(query: Query, proof: Proof, { from, to, folder }: Step, filling: Filling): Promise<void> {
  const { up, down, differences } = proof
  const start = await readCatalog(query)
  proof.empty = await seed(query, { ...filling, wishes: wishesOf(up.comparison) })
  for (const blocker of up.blockedBy.filter(({ isCrowd }) => !isCrowd))
    await remove(query, blocker).catch(() => {})
  const contents = await readContents(query)
  Object.assign(up, await countable(query, up))
  const lost = await seen(query, up.loses)
  proof.impacts = await runObserved(query, up, 'the up migration')
  const there = await readCatalog(query)

  const created = up.comparison.createdTables.map(keyOf)
  await seed(query, { ...filling, concerns: (table) => created.includes(table) })
  Object.assign(down, await countable(query, down))
  const isWhole = !(await clear(query, down.blockedBy))
  await runObserved(query, down, 'the down migration')
  const back = catalogDifferences(await readCatalog(query), start)
  const excused = excusedColumns(up.comparison, lost)
  const changed = isWhole ? changedColumns(contents, await readContents(query), excused) : []
  await runObserved(query, up, 'the up migration, a second time,')
  const again = catalogDifferences(await readCatalog(query), there)

  const fresh = await freshCatalog(query, to, start, folder.path)
  const grown = up.comparison.keptTables.filter(({ added }) => added.length > 0).map((it) => keyOf(it.to))
  const reordered = columnOrderDifferences(there, fresh)
  proof.columnOrder = grown.filter((key) => reordered.some((it) => it.startsWith(`column order ${key}:`)))
  const strange = catalogDifferences(there, fresh)
  // What no model knows, such as a trigger written by hand, was there before and may stay.
  const known =
    strange.length > 0 ? catalogDifferences(start, await freshCatalog(query, from, start, folder.path)) : []
  differences.push(
    ...strange.filter((it) => !known.includes(it)).map((it) => `after the up migration, ${it}`),
    ...back.map((it) => `after the down migration, ${it}`),
    ...changed.map((column) => `after the down migration, column ${column} holds other values`),
    ...again.map((it) => `after the second up migration, ${it}`),
  )
}

async function applyAll(session: Session, folder: Folder): Promise<void> {
  await runAll(session, {
    folder,
    direction: 'up',
    next: (status) => pendingOf(status)[0] ?? null,
    onRan: () => {},
    say: () => {},
    lockTimeoutMs: 0,
  })
}

function changedColumns(before: Contents, after: Contents, excused: Set<string>): string[] {
  return [...before]
    .filter(([column, digest]) => !excused.has(column) && after.get(column) !== digest)
    .map(([column]) => column)
}
