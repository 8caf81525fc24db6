import {
  type Catalog,
  catalogDifferences,
  columnOrderDifferences,
  type Query,
  readCatalog,
} from '../catalog.ts'
import type { Folder } from '../folder.ts'
import { installStatements } from '../kit.ts'
import { type Hazard, type Hazards, hazardsOf } from '../plan/hazards.ts'
import { type Model, modelOf } from '../plan/model.ts'
import { type Plan, plan } from '../plan/plan.ts'
import { inverted, type Rename } from '../plan/renames.ts'
import { catalogOf } from '../replay.ts'
import { runAll } from '../runner.ts'
import { withScratchDatabase } from '../scratch.ts'
import { type Session, withSession } from '../session.ts'
import type { Snapshot } from '../snapshot.ts'
import { pendingOf } from '../status.ts'
import { type Contents, readContents } from './contents.ts'
import { type Impact, runObserved, StatementError } from './observe.ts'
import { remove, seed } from './seed.ts'
import { excusedColumns, wishesOf } from './wishes.ts'

/** A migration, and what was seen of it on a scratch database. */
export type Proof = {
  up: Plan & Hazards
  down: Plan & Hazards
  /** What is not as it should be, a line each; none: the migration is exact both ways. */
  differences: string[]
  /** Tables whose columns stand in another order than in a fresh install. */
  columnOrder: string[]
  impacts: Impact[]
  /** Tables that had no rows, since no sample fits them. */
  empty: string[]
}

/**
 * Plans the way between two snapshots and tries it on a scratch database that has the folder's migrations and rows in every
 * table: up, which must equal a fresh install of the models; down, which must equal the start; and up again.
 */
export function prove(folder: Folder, from: Snapshot, to: Snapshot, renames: Rename[]): Promise<Proof> {
  return withScratchDatabase((url) =>
    withSession(url, async (session) => {
      await replayAll(session, folder)
      const before = withRealKeys(modelOf(from), await primaryKeys(session.query))
      const after = modelOf(to)
      const [up, down] = [plan(before, after, renames), plan(after, before, inverted(renames))]
      const proof: Proof = {
        up: { ...up, ...hazardsOf(up.comparison) },
        down: { ...down, ...hazardsOf(down.comparison) },
        differences: [],
        columnOrder: [],
        impacts: [],
        empty: [],
      }
      await walk(session.query, proof, from, to).catch((error) => {
        if (!(error instanceof StatementError)) throw error
        proof.differences.push(error.message)
      })
      return proof
    }),
  )
}

async function walk(query: Query, proof: Proof, from: Snapshot, to: Snapshot): Promise<void> {
  const { up, down, differences } = proof
  const start = await readCatalog(query)
  proof.empty = await seed(query, wishesOf(up.comparison))
  for (const { table, where } of up.blockedBy) await remove(query, table, where).catch(() => {})
  const contents = await readContents(query)
  Object.assign(up, await countable(query, up))

  const way = (name: string) => (error: unknown) => {
    if (!(error instanceof StatementError)) throw error
    throw new StatementError(`${name} fails: ${error.message}, in ${error.statement}`, error.statement)
  }
  proof.impacts = await runObserved(query, up.statements, !up.concurrent).catch(way('the way up'))
  const there = await readCatalog(query)
  const fresh = await install(to).catch(way('a fresh install of the models'))
  const strange = catalogDifferences(there, fresh)
  const known = strange.length > 0 ? await handWritten(start, from) : new Set()
  differences.push(...strange.filter((it) => !known.has(it)).map((it) => `after the way up, ${it}`))
  proof.columnOrder = columnOrderDifferences(there, fresh)

  await seed(query)
  Object.assign(down, await countable(query, down))
  await runObserved(query, down.statements, !down.concurrent).catch(way('the way back'))
  const back = await readCatalog(query)
  differences.push(...catalogDifferences(back, start).map((it) => `after the way back, ${it}`))
  differences.push(...changedContents(contents, await readContents(query), excusedColumns(up.comparison)))
  await runObserved(query, up.statements, !up.concurrent).catch(way('the way up, a second time,'))
  const again = catalogDifferences(await readCatalog(query), there)
  differences.push(...again.map((it) => `after the second way up, ${it}`))
}

async function replayAll(session: Session, folder: Folder): Promise<void> {
  await runAll(session, {
    folder,
    direction: 'up',
    next: (status) => pendingOf(status)[0] ?? null,
    onRan: () => {},
    say: () => {},
    lockTimeoutMs: 0,
  })
}

// drizzle-kit is the witness of what the models mean. Where its SQL does not run, the planner must do.
async function install(snapshot: Snapshot): Promise<Catalog> {
  const roles = plan(
    modelOf({ ...EMPTY, roles: {} }),
    modelOf({ ...EMPTY, roles: snapshot.roles }),
  ).statements
  const isRole = (statement: string) => statement.startsWith('CREATE ROLE ')
  const statements = (await installStatements(snapshot)).filter((it) => !isRole(it))
  return catalogOf([...roles, ...statements]).catch(async () => {
    const own = plan(modelOf(EMPTY), modelOf(snapshot)).statements
    return catalogOf(own).catch((error: Error) => {
      throw new StatementError(error.message, 'the models')
    })
  })
}

// What is in the database but in no model, such as a trigger: it was there before, and may stay.
async function handWritten(start: Catalog, from: Snapshot): Promise<Set<string>> {
  return new Set(catalogDifferences(start, await install(from)))
}

async function countable(query: Query, { loses, blockedBy }: Hazards): Promise<Hazards> {
  const works = async ({ count }: Hazard) =>
    query(count).then(
      () => true,
      () => false,
    )
  const checked = async <T extends Hazard>(all: T[]) => {
    const kept: T[] = []
    for (const hazard of all) if (await works(hazard)) kept.push(hazard)
    return kept
  }
  return { loses: await checked(loses), blockedBy: await checked(blockedBy) }
}

function changedContents(before: Contents, after: Contents, excused: Set<string>): string[] {
  return [...before]
    .filter(([column, digest]) => !excused.has(column) && after.get(column) !== digest)
    .map(([column]) => `after the way back, column ${column} holds other values`)
}

const PRIMARY_KEYS = `
  select n.nspname || '.' || c.relname as key, x.conname as name from pg_constraint x
    join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace where x.contype = 'p'`

async function primaryKeys(query: Query): Promise<Map<string, string>> {
  return new Map((await query(PRIMARY_KEYS)).map(({ key, name }) => [String(key), String(name)]))
}

// Postgres names a key after its table; a table that drizzle-kit renamed has kept the old name.
function withRealKeys(model: Model, names: Map<string, string>): Model {
  for (const [key, { primaryKey }] of Object.entries(model.tables)) {
    if (primaryKey) primaryKey.name = names.get(key) ?? primaryKey.name
  }
  return model
}

const EMPTY: Snapshot = {
  id: '',
  prevId: '',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
}
