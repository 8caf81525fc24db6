import { SQL } from 'bun'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { explainRefusal, sqlError } from '../../../src/db/sql-error.ts'
import { ToolError } from '../../error.ts'
import { Refusal } from '../refusal.ts'
import { reasonOf } from './fault.ts'

/** One connection to a database, held for all of a command: settings, transactions and locks are its own. */
export type Session = {
  query: (sql: string) => Promise<Record<string, unknown>[]>
  /** Whether a pooler stands between, which gives each transaction whatever connection is free. */
  isPooled: boolean
}

const CONNECT_TIMEOUT_S = 10
const COUNT_TIMEOUT_MS = 30_000

/** Connects to `url`, runs `work` and disconnects. Throws `unreachable` when there is no connection, and `sql` for what fails in it. */
export async function withSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const pool = new SQL(url, { max: 1, connectionTimeout: CONNECT_TIMEOUT_S })
  try {
    // Reserved, the connection stays lost once it is lost; the pool would go on with a new one, outside the transaction.
    const connection = await pool.reserve().catch(fail)
    // Without parameters a query goes by the simple protocol, which takes several statements at once.
    return await work({
      query: (sql) => connection.unsafe(sql),
      isPooled: new URL(url).hostname.includes('-pooler.'), // Neon's name for it
    })
  } catch (error) {
    if (error instanceof ToolError || !(error instanceof SQL.SQLError)) throw error
    throw new Refusal('sql', `${describeDatabase(url)}: ${reasonOf(error)}`)
  } finally {
    await pool.close({ timeout: 0 })
  }
}

/** Runs `work` in a transaction, which is rolled back when it throws. */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('begin')
  try {
    const result = await work()
    await session.query('commit')
    return result
  } catch (error) {
    await session.query('rollback').catch(() => {}) // on a lost connection the server has done so itself
    throw error
  }
}

/**
 * The number that SQL yields, or null where it can't be had. The SQL may make a function that catches errors before it counts, so it
 * can't be read-only; whatever it does is rolled back.
 */
export async function countRows(query: Session['query'], sql: string): Promise<number | null> {
  await query('begin')
  try {
    await query(`set local statement_timeout = ${COUNT_TIMEOUT_MS}`)
    const last = (await query(sql)).at(-1)
    const row = Array.isArray(last) ? last[0] : last // several statements yield a list each
    return Number(Object.values(row ?? {})[0] ?? 0)
  } catch {
    return null // it may name what only exists once another migration has run
  } finally {
    await query('rollback').catch(() => {}) // on a lost connection the server has done so itself
  }
}

/** Whether a query failed because the table that it names is not there. */
export const isMissingTable = (error: unknown): boolean => sqlError(error)?.state === '42P01'

/** The server's major version of PostgreSQL. */
export async function majorVersion(session: Session): Promise<number> {
  const [row] = await session.query(`select current_setting('server_version_num')::int / 10000 as major`)
  return Number(row?.major)
}

/** A database's name and server, without user and password: fit to be shown. */
export function describeDatabase(url: string): string {
  const { pathname, hostname, port } = new URL(url)
  return `${decodeURIComponent(pathname.slice(1))} on ${hostname}${port && `:${port}`}`
}

function fail(error: unknown): never {
  // Drivers name a lost or refused connection each in its own way; inside Drizzle's error, all are known for what they are.
  const sentence = explainRefusal(new DrizzleQueryError('', [], error as Error))
  throw new Refusal('unreachable', sentence ?? `The database refuses the connection: ${reasonOf(error)}.`)
}
