import { startNeonLocal, useNeonLocal } from '@hearth/neon-local'
import type { Connection } from '@hearth/sandbox'
import { fetchInSandbox } from '@hearth/sandbox/neon-http'
import { neon, neonConfig, Pool } from '@neondatabase/serverless'
import { drizzle as drizzleOverHttp } from 'drizzle-orm/neon-http'
import { drizzle as drizzleOverWebSocket } from 'drizzle-orm/neon-serverless'
import type { Driver } from './drivers.ts'

type Endpoint = Pick<Driver, 'url' | 'stop'>

/** Neon's driver over WebSockets, to Neon itself or through a local endpoint to any other Postgres. */
export async function overWebSocket(url: string): Promise<Endpoint & Pick<Driver, 'connect'>> {
  return { ...(await endpointOf(url)), connect }
}

/**
 * Neon's driver over HTTP, which knows no transaction that lasts longer than a request: its requests are answered by the
 * sandbox, whose own connection is a WebSocket.
 */
export async function overHttp(url: string): Promise<Driver> {
  const endpoint = await endpointOf(url)
  const { hostname, port } = new URL(endpoint.url)
  const { fetchEndpoint } = neonConfig
  neonConfig.fetchFunction = fetchInSandbox(
    typeof fetchEndpoint === 'string' ? fetchEndpoint : fetchEndpoint(hostname, port),
  )
  const appDb = () => drizzleOverHttp({ client: neon(endpoint.url) })
  return { ...endpoint, connect, appDb, hasTransactions: false }
}

function connect(url: string): Connection {
  const pool = new Pool({ connectionString: url, max: 20, idleTimeoutMillis: 0 })
  return { db: drizzleOverWebSocket({ client: pool }), close: () => pool.end() }
}

async function endpointOf(url: string): Promise<Endpoint> {
  if (/\.neon\.(tech|build)$/.test(new URL(url).hostname)) return { url, stop: async () => {} }
  const local = await startNeonLocal({ upstream: url })
  useNeonLocal(neonConfig)
  return { url: local.connectionString(), stop: local.stop }
}
