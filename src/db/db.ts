import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** A Drizzle database over any driver. */
export type Db = PgDatabase<PgQueryResultHKT>

/** An open database and the way to close it; `close` waits for running queries. */
export type Connection = { db: Db; close: () => Promise<void> }

/**
 * Wraps the building of a prepared statement so that it happens once per database: building one costs as much as running it.
 * Returns a function from a database to its statement.
 */
export function prepared<Statement>(build: (db: Db) => Statement): (db: Db) => Statement {
  const statements = new WeakMap<Db, Statement>()
  return (db) => {
    const known = statements.get(db)
    if (known) return known
    const statement = build(db)
    statements.set(db, statement)
    return statement
  }
}
