import { migrate } from 'drizzle-orm/bun-sql/migrator'
import { connect } from '../../src/db/bun-sql.ts'
import { databaseUrl } from '../postgres/databases.ts'

/** Brings the development database up to date, starting the embedded server if need be, and returns its connection string. */
export async function migrateDevelopment(): Promise<string> {
  const url = await databaseUrl('development')
  const { db, close } = connect(url)
  await migrate(db as Parameters<typeof migrate>[0], { migrationsFolder: 'drizzle' })
  await close()
  return url
}
