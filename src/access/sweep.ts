import { getTableName, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Db } from '../db/db.ts'
import { knownPlaces, oneTimeTokens, rateLimits, sessions } from './table.ts'

/** A table whose rows are of no use once `until` has passed. Large tables need an index on it. */
type Perishable = { table: PgTable; until: PgColumn }

const PERISHABLE: Perishable[] = [
  { table: sessions, until: sessions.expiresAt },
  { table: oneTimeTokens, until: oneTimeTokens.expiresAt }, // two a user at most, so it does without an index
  { table: knownPlaces, until: knownPlaces.expiresAt },
  { table: rateLimits, until: rateLimits.spentUntil },
]

// A statement holds its locks until it ends, and a Worker has a limited time; the next sweep goes on.
const ROWS_A_STATEMENT = 1_000
const STATEMENTS_A_TABLE = 100

/**
 * Deletes expired sessions, known places that were not used for too long and limits that have recovered, whoever they belong
 * to: at most 100,000 rows of each table. Returns how many, by table. Sign-ins clean up after themselves; this is for users
 * who never return.
 */
export async function sweep(db: Db): Promise<Record<string, number>> {
  const swept: Record<string, number> = {}
  for (const perishable of PERISHABLE) {
    const name = getTableName(perishable.table)
    swept[name] = 0
    for (let i = 0; i < STATEMENTS_A_TABLE; i++) {
      const [found] = await db
        .with(deletion(db, perishable))
        .select({ rows: sql<number>`count(*)::int` })
        .from(sql`deleted`)
      swept[name] += found?.rows ?? 0
      if ((found?.rows ?? 0) < ROWS_A_STATEMENT) break
    }
  }
  return swept
}

// An hour's grace, for clocks. By ctid, since a row that is locked is in use, and another sweep may run.
function deletion(db: Db, { table, until }: Perishable) {
  const expired: SQL = sql`select ctid from ${table} where ${until} < now() - interval '1 hour'
    order by ${until} limit ${sql.raw(String(ROWS_A_STATEMENT))} for update skip locked`
  return db
    .$with('deleted', {})
    .as(sql`delete from ${table} where ctid = any (array(${expired})) returning 1`)
}
