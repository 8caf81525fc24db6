import { type Catalog, catalogDifferences, readCatalog } from '../catalog.ts'
import { DRIZZLE_TABLE, type Folder } from '../folder.ts'
import { runPrelude } from '../prelude.ts'
import { runAll } from '../run/runner.ts'
import { majorVersion, withSession } from '../run/session.ts'
import { isApplied, pendingOf } from '../run/status.ts'
import { withScratchDatabase } from '../scratch.ts'

/** What a folder's migrations do to an empty database. */
export type Replay = {
  /** The catalog before the first migration, then after each. */
  catalogs: Catalog[]
  /** Which down migrations do not lead to where the up migration began, a line a difference. */
  inexact: string[]
  /** The scratch server's major version of PostgreSQL. */
  major: number
}

const QUIET = { say: () => {}, lockTimeoutMs: 5_000 }

/** Applies all migrations of a folder to a scratch database, then takes all back. Throws the `Refusal` of one that fails. */
export function replay(given: Folder, scratch: string): Promise<Replay> {
  const folder = { ...given, table: DRIZZLE_TABLE }
  return withScratchDatabase(scratch, (url) =>
    withSession(url, async (session) => {
      await runPrelude(session.query, folder.path)
      const look = () => readCatalog(session.query)
      const catalogs = [await look()]
      await runAll(session, {
        ...QUIET,
        folder,
        direction: 'up',
        next: (status) => pendingOf(status)[0] ?? null,
        onRan: async () => void catalogs.push(await look()),
      })

      const inexact: string[] = []
      const oneWay = folder.migrations.findLastIndex(({ down }) => down === null)
      let place = folder.migrations.length
      for (const { name, down } of folder.migrations.slice(0, oneWay + 1)) {
        inexact.push(
          down
            ? `${name}: its down migration can't be tried, since ${folder.migrations[oneWay]?.name} has none`
            : `${name}: has no down migration`,
        )
      }
      await runAll(session, {
        ...QUIET,
        folder,
        direction: 'down',
        next: ({ entries }) => entries.slice(oneWay + 1).findLast(isApplied) ?? null,
        onRan: async ({ name }) => {
          place -= 1
          const differences = catalogDifferences(await look(), catalogs[place] ?? new Map())
          inexact.push(...differences.map((difference) => `${name}: after its down migration, ${difference}`))
        },
      })
      return { catalogs, inexact, major: await majorVersion(session) }
    }),
  )
}

/** The catalog that `statements` make in a database that has nothing but a folder's prelude. */
export function catalogOf(statements: string[], folder: string, scratch: string): Promise<Catalog> {
  return withScratchDatabase(scratch, (url) =>
    withSession(url, async (session) => {
      await runPrelude(session.query, folder)
      for (const statement of statements) await session.query(statement)
      return readCatalog(session.query)
    }),
  )
}
