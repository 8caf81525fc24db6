import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import type { Migration } from './migration.ts'
import { sqlError } from './sql-error.ts'
import { READ_ONLY_ADVICE } from './sql-states.ts'

/** Why requests would fail although the database answers. `advice` says in a sentence what to do. */
export type Obstacle = { code: 'read_only' | 'behind'; advice: string }

/**
 * Returns what would make requests fail, or null; in one round trip. `migration` is the one that the database must have;
 * without one, the schema is not checked. Throws what the query throws where the database can't be asked.
 */
export async function findObstacle(db: Db, migration: Migration | undefined): Promise<Obstacle | null> {
  const hasMigration = migration
    ? sql<boolean>`exists (select from drizzle.__drizzle_migrations where created_at = ${migration.when}::bigint)`
    : sql<boolean>`true`
  try {
    const [found] = await db
      // On during recovery too, when the server is a standby (PostgreSQL manual, 26.4.1).
      .select({ isReadOnly: sql<boolean>`current_setting('transaction_read_only')::boolean`, hasMigration })
      .from(sql`(select) as nothing`)
    if (found?.isReadOnly) return READ_ONLY
    return found?.hasMigration ? null : behind(migration)
  } catch (error) {
    if (sqlError(error)?.state === '42P01') return behind(migration) // no migration was ever applied
    throw error
  }
}

const READ_ONLY: Obstacle = { code: 'read_only', advice: READ_ONLY_ADVICE }

const behind = (migration: Migration | undefined): Obstacle => ({
  code: 'behind',
  advice: `The database is behind the code, which needs the migration ${migration?.tag}: run make migrate-up.`,
})
