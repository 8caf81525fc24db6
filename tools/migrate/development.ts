import { MIGRATIONS, readFolder } from './folder.ts'
import { migrateUp } from './run/migrate-up.ts'
import { migrationTarget } from './target.ts'

/**
 * Brings the development database up to date, starting the embedded server if need be, and returns its connection string. Says on
 * stderr what it applied. Throws as `migrateUp` does.
 */
export async function migrateDevelopment(): Promise<string> {
  const url = await migrationTarget()
  const folder = readFolder(MIGRATIONS)
  await migrateUp(url, folder, {
    to: folder.migrations.length - 1,
    onRan: ({ name }) => console.error(`Applied ${name}`),
    say: (line) => console.error(line),
    lockTimeoutMs: 5_000,
  })
  return url
}
