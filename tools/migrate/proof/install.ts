import { type Catalog, type Query, readCatalog } from '../catalog.ts'
import { installStatements, snapshotOf } from '../kit.ts'
import { modelOf } from '../plan/model.ts'
import { plan } from '../plan/plan.ts'
import { emptyDatabase } from '../scratch.ts'
import type { Snapshot } from '../snapshot.ts'
import { StatementError } from './observe.ts'

/**
 * The catalog that a snapshot makes in an empty scratch database. drizzle-kit is the witness of what models mean; where its
 * SQL does not run, the planner's must. Throws `StatementError` where neither does.
 */
export async function freshCatalog(query: Query, snapshot: Snapshot): Promise<Catalog> {
  const own = plan(modelOf(snapshotOf({})), modelOf(snapshot)).statements
  const roles = own.filter((statement) => statement.includes('CREATE ROLE '))
  const kit = (await installStatements(snapshot)).filter((statement) => !statement.startsWith('CREATE ROLE '))
  try {
    return await install(query, [...roles, ...kit])
  } catch {
    return await install(query, own)
  }
}

async function install(query: Query, statements: string[]): Promise<Catalog> {
  await emptyDatabase(query)
  for (const statement of statements) {
    await query(statement).catch((error: Error) => {
      throw new StatementError(`the models can't be installed: ${error.message}`, statement)
    })
  }
  return readCatalog(query)
}
