import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/**
 * A Drizzle database over any driver. It offers only what every driver can do: Neon's HTTP driver has no interactive
 * transactions, so two changes that belong together are one statement (see `docs/decisions.md`).
 */
export type Db = Omit<PgDatabase<PgQueryResultHKT>, 'transaction'>

/** An open database and the way to close it; `close` waits for running queries. */
export type Connection = { db: PgDatabase<PgQueryResultHKT>; close: () => Promise<void> }
