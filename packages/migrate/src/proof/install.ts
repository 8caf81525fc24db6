import { type Catalog, type Query, readCatalog } from '../catalog.ts'
import { installStatements, snapshotOf } from '../kit.ts'
import { modelOf } from '../plan/model.ts'
import { plan } from '../plan/plan.ts'
import { quote } from '../plan/sql.ts'
import { runPrelude } from '../prelude.ts'
import { emptyDatabase } from '../scratch.ts'
import type { Snapshot } from '../snapshot.ts'
import { StatementError } from './observe.ts'

/**
 * The catalog that a snapshot makes in a scratch database that has nothing but the extensions of `start`, which no model knows, and the prelude of `folder`. drizzle-kit is the witness of what models mean; where its
 * SQL does not run, the planner's must. Throws `StatementError` where neither does.
 */
export async function freshCatalog(
  query: Query,
  snapshot: Snapshot,
  start: Catalog,
  folder?: string,
): Promise<Catalog> {
  const own = plan(modelOf(snapshotOf({})), modelOf(snapshot)).statements
  const roles = own.filter((statement) => statement.includes('CREATE ROLE '))
  const kit = (await installStatements(snapshot)).filter((statement) => !statement.startsWith('CREATE ROLE '))
  const extensions = [...start.keys()].flatMap((key) => key.match(/^extension (.*)$/)?.[1] ?? [])
  const first = extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${quote(name)} CASCADE;`)
  try {
    return await install(query, [...first, ...roles, ...kit], folder)
  } catch {
    return await install(query, [...first, ...own], folder)
  }
}

async function install(query: Query, statements: string[], folder: string | undefined): Promise<Catalog> {
  await emptyDatabase(query)
  if (folder) await runPrelude(query, folder)
  const isIn = await query(statements.join('\n')).then(
    () => true,
    () => false, // all of it is undone
  )
  for (const statement of isIn ? [] : statements) {
    await query(statement).catch((error: Error) => {
      throw new StatementError(`the models can't be installed: ${error.message}`, statement)
    })
  }
  return readCatalog(query)
}
