import { Pool, type PoolClient } from 'pg'
import { isEncrypted } from './connect.ts'
import { connectError, HttpError } from './errors.ts'
import { CONNECT_TIMEOUT_MS } from './limits.ts'
import { nameOf, type Upstream } from './upstream.ts'

/** A user and a database, from the client's connection string. */
export type Credentials = {
  user: string
  password: string
  database: string
  options: string | undefined
  application_name: string | undefined
}

/** Connections to Postgres, one pool for each set of credentials, so that no client uses another's. */
export type Pools = {
  /** Returns a connection. Rejects with a `DatabaseError` for wrong credentials, else with an `HttpError`. */
  acquire: (credentials: Credentials) => Promise<PoolClient>
  /** Closes all connections, when those that are lent have come back. */
  close: () => Promise<void>
}

/** Makes the pools; each holds up to `max` connections and drops them after `idleTimeoutMs` without use. */
export function createPools(
  upstream: Upstream,
  { max, idleTimeoutMs }: { max: number; idleTimeoutMs: number },
): Pools {
  const pools = new Map<string, Pool>()
  let isClosed = false

  function poolOf(credentials: Credentials, encrypted: boolean): { key: string; pool: Pool } {
    const key = JSON.stringify(Object.values(credentials))
    const known = pools.get(key)
    if (known) return { key, pool: known }
    const pool = new Pool({
      host: upstream.host,
      port: upstream.port,
      ...credentials,
      application_name: credentials.application_name ?? 'neon-local', // else it would be PGAPPNAME
      ssl: encrypted && upstream.checks,
      max,
      idleTimeoutMillis: idleTimeoutMs,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    })
    // Without listeners, the loss of a connection would end the process.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    pool.on('remove', () => dropIfEmpty(key, pool))
    pools.set(key, pool)
    return { key, pool }
  }

  function dropIfEmpty(key: string, pool: Pool): void {
    if (pool.totalCount > 0 || pool.waitingCount > 0 || pools.get(key) !== pool) return
    pools.delete(key)
    pool.end()
  }

  return {
    async acquire(credentials) {
      if (isClosed) throw new HttpError(503, 'The endpoint is stopping.')
      const encrypted = await isEncrypted(upstream).catch((error) => {
        throw connectError(error, nameOf(upstream))
      })
      const { key, pool } = poolOf(credentials, encrypted)
      try {
        return await pool.connect()
      } catch (error) {
        dropIfEmpty(key, pool)
        throw connectError(error, nameOf(upstream))
      }
    },
    async close() {
      isClosed = true
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((pool) => pool.end()))
    },
  }
}
