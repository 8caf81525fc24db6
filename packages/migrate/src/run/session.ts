import pg from 'pg'
import { isSentence, Refusal } from '../refusal.ts'
import { explainRefusal, isLost, sqlError } from '../sql-error.ts'
import { reasonOf } from './fault.ts'

/** One connection to a database, held for all of a command: settings, transactions and locks are its own. */
export type Session = {
  /** Runs one or more statements and resolves to the rows of the last. */
  query: (sql: string) => Promise<Record<string, unknown>[]>
  /** Whether a pooler is in between, which may give each transaction another connection. */
  isPooled: () => Promise<boolean>
}

const CONNECT_TIMEOUT_MS = 10_000
const COUNT_TIMEOUT_MS = 30_000

/** Connects to `url`, runs `work` and disconnects. Throws `unreachable` when there is no connection, and `sql` for what fails in it. */
export async function withSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  client.on('error', () => {}) // the next query says so
  await client.connect().catch((error) => {
    throw new Refusal('unreachable', explainRefusal(error))
  })
  try {
    return await work({
      query: (sql) => rowsOf(client, sql),
      isPooled: () => isPooled(client),
    })
  } catch (error) {
    if (isSentence(error) || (!sqlError(error) && !isLost(error))) throw error
    throw new Refusal('sql', `${describeDatabase(url)}: ${reasonOf(error)}`)
  } finally {
    await client.end().catch(() => {})
  }
}

// A pooler tells its client a process number that it made up, with which to cancel; the server itself tells the true one.
async function isPooled(client: pg.Client): Promise<boolean> {
  const [row] = await rowsOf(client, 'select pg_backend_pid() as pid')
  return row?.pid !== (client as unknown as { processID: number }).processID
}

// Without parameters a query goes by the simple protocol, which takes several statements at once; the last one's rows count.
async function rowsOf(client: pg.Client, sql: string): Promise<Record<string, unknown>[]> {
  const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql)
  return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
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
    const [row] = await query(sql)
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
