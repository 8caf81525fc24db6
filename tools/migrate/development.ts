import {
  describeDatabase,
  migrateUp,
  pendingOf,
  Refusal,
  readFolder,
  readStatus,
  withSession,
} from '@hearth/migrate'
import { ToolError } from '../error.ts'
import { PROJECT } from './project.ts'
import { migrationTarget } from './target.ts'

process.env.HEARTH_MIGRATE_SPEAKS ??= 'make' // whoever needs the development database was started by make

/**
 * Brings the development database up to date, starting the embedded server if need be, and returns its connection string. Says on
 * stderr what it applied. Throws as `migrateUp` does.
 */
export async function migrateDevelopment(): Promise<string> {
  const url = await migrationTarget()
  const folder = readFolder(PROJECT.folder)
  await migrateUp(url, folder, {
    to: folder.migrations.length - 1,
    agree: async (_, losses) => {
      throw new Refusal(
        'unconfirmed',
        `${losses[0]?.migration} would lose data of the development database: \`make migrate-up\` says which, and asks.`,
        2,
      )
    },
    onRan: ({ name }) => console.error(`Applied ${name}`),
    say: (line) => console.error(line),
    lockTimeoutMs: 5_000,
  })
  return url
}

/**
 * The connection string of a database with all migrations: the development database, brought up to date; or the one that
 * DATABASE_URL names, which only `make migrate-up` changes. Throws `ToolError` where migrations are pending there.
 */
export async function migratedDatabase(): Promise<string> {
  if (!process.env.DATABASE_URL) return migrateDevelopment()
  const url = await migrationTarget()
  const pending = await withSession(url, async (session) =>
    pendingOf(await readStatus(session, readFolder(PROJECT.folder))),
  )
  if (pending.length === 0) return url
  throw new ToolError(
    `${describeDatabase(url)} lacks ${pending.map(({ name }) => name).join(', ')}: run make migrate-up first. Nothing was changed.`,
    2,
  )
}
