import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { AppError } from '../errors.ts'
import type { Connection } from './db.ts'

/**
 * Connects over Neon's driver, to which a statement is one HTTP request: nothing is held open between two, so one connection
 * serves all requests of an isolate. A host that is this machine is taken for a local Neon endpoint (tools/neon-local), which
 * Neon itself can never be. Throws `misconfigured` for a URL that lacks a part.
 */
export function connect(url: string): Connection {
  if (LOOPBACK.test(new URL(url).hostname))
    neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`
  return { db: drizzle({ client: clientFor(url) }), close: async () => {} }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

function clientFor(url: string) {
  try {
    return neon(url)
  } catch {
    throw new AppError('misconfigured', 'DATABASE_URL must name a user, a password, a host and a database.')
  }
}
