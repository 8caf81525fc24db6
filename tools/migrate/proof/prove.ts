import { catalogDifferences, columnOrderDifferences, type Query, readCatalog } from '../catalog.ts'
import type { Folder } from '../folder.ts'
import { type Hazard, type Hazards, hazardsOf } from '../plan/hazards.ts'
import { modelOf } from '../plan/model.ts'
import { type Plan, plan } from '../plan/plan.ts'
import { inverted, type Rename } from '../plan/renames.ts'
import { keyOf } from '../plan/sql.ts'
import { runAll } from '../run/runner.ts'
import type { Session } from '../run/session.ts'
import { pendingOf } from '../run/status.ts'
import { emptyDatabase } from '../scratch.ts'
import type { Snapshot } from '../snapshot.ts'
import { type Contents, readContents } from './contents.ts'
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
  /** Tables to which the way up adds columns that in a fresh install stand between others. */
  columnOrder: string[]
  /** What the way up does to tables beside changing them. */
  impacts: Impact[]
  /** Tables that had no rows, since no sample fits them. */
  empty: string[]
}

/** What to prove: the way between two snapshots, from where a folder's migrations lead. */
export type Step = { folder: Folder; from: Snapshot; to: Snapshot; renames: Rename[] }

/**
 * Plans a step and tries it on a scratch database, which it empties, with rows in every table: up, which must equal a fresh
 * install of the models; down, which must equal the start; and up again. Where three rows a table get into each other's
 * way, such as two values that become one in a unique column, it is tried with one.
 */
export async function prove(session: Session, step: Step): Promise<Proof> {
  const proof = await tryWith(3, session, step)
  if (proof.differences.length === 0) return proof
  const second = await tryWith(1, session, step)
  return second.differences.length === 0 ? second : proof
}

async function tryWith(rows: number, session: Session, step: Step): Promise<Proof> {
  const { query } = session
  await emptyDatabase(query)
  await applyAll(session, step.folder)
  const [before, after] = [await withRealKeys(query, modelOf(step.from)), modelOf(step.to)]
  for (const model of [before, after]) await suitFillers(query, model)
  const [up, down] = [plan(before, after, step.renames), plan(after, before, inverted(step.renames))]
  const proof: Proof = {
    up: { ...up, ...hazardsOf(up.comparison) },
    down: { ...down, ...hazardsOf(down.comparison) },
    rows,
    differences: [],
    columnOrder: [],
    impacts: [],
    empty: [],
  }
  try {
    await walk(query, proof, step)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    proof.differences.push(`${error.message}, in ${error.statement}`)
  } finally {
    await emptyDatabase(query)
  }
  return proof
}

async function walk(query: Query, proof: Proof, { from, to }: Step): Promise<void> {
  const { up, down, rows, differences } = proof
  const start = await readCatalog(query)
  proof.empty = await seed(query, { rows, wishes: wishesOf(up.comparison) })
  for (const { table, where } of up.blockedBy) await remove(query, table, where).catch(() => {})
  const contents = await readContents(query)
  Object.assign(up, await countable(query, up))
  proof.impacts = await runObserved(query, up, 'the way up')
  const there = await readCatalog(query)

  const created = up.comparison.createdTables.map(keyOf)
  await seed(query, { rows, concerns: (table) => created.includes(table) })
  Object.assign(down, await countable(query, down))
  await runObserved(query, down, 'the way back')
  const back = catalogDifferences(await readCatalog(query), start)
  const changed = changedColumns(contents, await readContents(query), excusedColumns(up.comparison))
  await runObserved(query, up, 'the way up, a second time,')
  const again = catalogDifferences(await readCatalog(query), there)

  const fresh = await freshCatalog(query, to)
  const grown = up.comparison.keptTables.filter(({ added }) => added.length > 0).map((it) => keyOf(it.to))
  const reordered = columnOrderDifferences(there, fresh)
  proof.columnOrder = grown.filter((key) => reordered.some((it) => it.startsWith(`column order ${key}:`)))
  const strange = catalogDifferences(there, fresh)
  // What no model knows, such as a trigger written by hand, was there before and may stay.
  const known = strange.length > 0 ? catalogDifferences(start, await freshCatalog(query, from)) : []
  differences.push(
    ...strange.filter((it) => !known.includes(it)).map((it) => `after the way up, ${it}`),
    ...back.map((it) => `after the way back, ${it}`),
    ...changed.map((column) => `after the way back, column ${column} holds other values`),
    ...again.map((it) => `after the second way up, ${it}`),
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

// A count may name what a rename only makes; then the words must do.
async function countable(query: Query, { loses, blockedBy }: Hazards): Promise<Hazards> {
  const checked = async <T extends Hazard>(all: T[]) => {
    const works = await Promise.all(
      all.map(({ count }) =>
        query(count).then(
          () => true,
          () => false,
        ),
      ),
    )
    return all.filter((_, n) => works[n])
  }
  return { loses: await checked(loses), blockedBy: await checked(blockedBy) }
}

function changedColumns(before: Contents, after: Contents, excused: Set<string>): string[] {
  return [...before]
    .filter(([column, digest]) => !excused.has(column) && after.get(column) !== digest)
    .map(([column]) => column)
}
