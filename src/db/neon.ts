import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { AppError } from '../errors.ts'
import type { Connection } from './db.ts'
import { FOR_REQUESTS } from './limits.ts'
import { LOOPBACK } from './url.ts'
import { currentWork, waitingFor } from './work.ts'

/**
 * Connects over Neon's driver, to which a statement is one HTTP request: nothing is held open between two, so one connection
 * serves all requests of an isolate. A statement's request is aborted when it takes too long, and with the work that it belongs
 * to. A host that is this machine is taken for a local Neon endpoint (packages/neon-local), which Neon itself can never be.
 * Throws `misconfigured` for a URL without user or password, which Neon can't do without.
 */
export function connect(url: string): Connection {
  const { username, password, hostname } = new URL(url)
  if (!username || !password)
    throw new AppError('misconfigured', 'DATABASE_URL must name a user and a password.')
  if (LOOPBACK.test(hostname)) neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`
  const client = neon(url)
  const query = (...[text, params, options]: Parameters<typeof client.query>) =>
    inTime((signal) => client.query(text, params, { ...options, fetchOptions: { signal } }))
  // Drizzle asks the client for no more than this.
  return { db: drizzle({ client: { query } as unknown as typeof client }), close: async () => {} }
}

async function inTime<Result>(send: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const work = currentWork()?.signal
  work?.throwIfAborted()
  const statement = new AbortController()
  const end = () => statement.abort()
  const timer = setTimeout(end, FOR_REQUESTS.statementMs)
  work?.addEventListener('abort', end)
  try {
    return await waitingFor('query', () => send(statement.signal))
  } catch (error) {
    throw work?.aborted ? work.reason : error
  } finally {
    clearTimeout(timer)
    work?.removeEventListener('abort', end)
  }
}
