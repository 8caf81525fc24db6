import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/**
 * A Drizzle database over any driver. It offers only what every driver can do: Neon's HTTP driver has no interactive
 * transactions, so two changes that belong together are one statement (see `docs/decisions.md`).
 */
export type Db = Omit<PgDatabase<PgQueryResultHKT>, 'transaction'>

/** An open database and the function that closes it, which waits for running queries. `load` counts statements. */
export type Connection = {
  db: PgDatabase<PgQueryResultHKT>
  close: () => Promise<void>
  load?: () => { taken: number; waiting: number }
}
