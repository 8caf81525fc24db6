import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { AppError } from '../errors.ts'
import type { Connection } from './db.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Connects over Neon's driver, to which a statement is one HTTP request: nothing is held open between two, so one connection
 * serves all requests of an isolate. A host that is this machine is taken for a local Neon endpoint (packages/neon-local), which
 * Neon itself can never be. Throws `misconfigured` for a URL without user or password, which Neon can't do without.
 */
export function connect(url: string): Connection {
  const { username, password, hostname } = new URL(url)
  if (!username || !password)
    throw new AppError('misconfigured', 'DATABASE_URL must name a user and a password.')
  if (LOOPBACK.test(hostname)) neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`
  return { db: drizzle({ client: neon(url) }), close: async () => {} }
}
