import { DrizzleQueryError } from 'drizzle-orm/errors'
import type { PgDatabase, PgDialect, PgSession, PgTransaction } from 'drizzle-orm/pg-core'

/** A Drizzle database over any Postgres driver and with any schema. */
// biome-ignore lint/suspicious/noExplicitAny: Drizzle's own name for "whatever driver and schema"
export type AnyDatabase = PgDatabase<any, any, any>

/** What a driver hands to the callback of `db.transaction`. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyTransaction = PgTransaction<any, any, any>

// biome-ignore lint/suspicious/noExplicitAny: as above
type AnySession = PgSession<any, any, any>

/** The parts of a database that Drizzle leaves out of its types: what writes its SQL and what sends it. */
export function internals(db: AnyDatabase): { dialect: PgDialect; session: AnySession } {
  return db as unknown as { dialect: PgDialect; session: AnySession }
}

/** A row as drivers give it. */
export type Row = Record<string, unknown>

/** What the sandbox's own statements begin with: it tells them from those that somebody sends past it. */
export const OWN = '/* sandbox */'

/** Sends `text`, statements without parameters, and returns the rows of each. It is on its way when this returns. */
export async function send(db: AnyDatabase, text: string): Promise<Row[][]> {
  const sql = `${OWN} ${text}`
  const query = internals(db).session.prepareQuery({ sql, params: [] }, undefined, undefined, false)
  const result: unknown = await query.execute()
  const isOfSeveral = Array.isArray(result) && isResult(result[0])
  return (isOfSeveral ? result : [result]).map(rowsOf)
}

// Drivers answer with an array of rows (Bun.SQL, postgres.js) or with an object that has one (pg, Neon).
const isResult = (value: unknown) =>
  Array.isArray(value) || Array.isArray((value as { rows?: unknown } | null)?.rows)
const rowsOf = (result: unknown) =>
  (Array.isArray(result) ? result : (result as { rows: Row[] }).rows) as Row[]

/** What a driver says of a failure in a word: Postgres's SQLSTATE, or the code of a connection's. */
export function sqlState(error: unknown): string {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  const { errno, code } = (cause ?? {}) as { errno?: unknown; code?: unknown }
  return String(typeof errno === 'string' ? errno : (code ?? 'no reason given')) // Bun.SQL keeps the SQLSTATE in `errno`
}

/** Whether Postgres ended the session with this error. */
export function isFatal(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  const { severity } = (cause ?? {}) as { severity?: unknown }
  return severity === 'FATAL' || severity === 'PANIC'
}

/** An open database, and how to close it. */
export type Connection<Database extends AnyDatabase = AnyDatabase> = {
  db: Database
  close: () => Promise<void>
}

/** Opens the database that a connection string names, over any driver; nothing is sent before the first query. */
export type Connect<Database extends AnyDatabase = AnyDatabase> = (url: string) => Connection<Database>

/** How many connections the driver's pool has at most: drivers keep it in their options. */
export function poolSize(db: AnyDatabase): number | undefined {
  const { $client } = db as unknown as { $client?: { options?: { max?: unknown } } }
  const max = $client?.options?.max
  return typeof max === 'number' ? max : undefined
}
