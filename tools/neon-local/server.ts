import type { Address } from './cancel.ts'
import { errorResponse, HttpError } from './errors.ts'
import { IDLE_TIMEOUT_MS, MAX_CONNECTIONS } from './limits.ts'
import type { Link } from './link.ts'
import { type Allowed, assertFromHere, corsHeaders } from './origin.ts'
import { createPools, type Pools } from './pools.ts'
import { answerSql } from './sql.ts'
import { type ClientState, webSocketHandler } from './websocket.ts'

/** What an endpoint needs to know. `upstream` is a Postgres URL; of it, only host and port say where queries go. */
export type Options = {
  upstream: string
  port?: number
  hostname?: string
  maxConnections?: number
  idleTimeoutMs?: number
  /** Web origins whose pages may use the endpoint, such as `http://localhost:5173`. All others get 403. */
  allowOrigins?: readonly string[]
  /** Names in `Host` that are served beside those of loopback: what a container calls this machine, for example. */
  allowHosts?: readonly string[]
}

/** A running endpoint. `connectionString` names it and `upstream`'s user; the database is `upstream`'s unless another is given. */
export type NeonLocal = {
  port: number
  url: string
  connectionString: (database?: string) => string
  stop: () => Promise<void>
}

/**
 * Starts Neon's HTTP and WebSocket protocols in front of a Postgres. Every client brings its own credentials. Listens on
 * loopback and a free port unless told otherwise; rejects with `EADDRINUSE` when the port is taken.
 */
export async function startNeonLocal(options: Options): Promise<NeonLocal> {
  const upstream = new URL(options.upstream)
  const address: Address = {
    host: upstream.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(upstream.port || 5432),
  }
  const pools = createPools(address, {
    max: options.maxConnections ?? MAX_CONNECTIONS,
    idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
  })
  const links = new Set<Link>()
  const hostname = options.hostname ?? '127.0.0.1'
  const allowed: Allowed = {
    origins: options.allowOrigins ?? [],
    hosts: [reachable(hostname), ...(options.allowHosts ?? [])].map((name) => name.toLowerCase()),
  }
  const server = Bun.serve<ClientState>({
    hostname,
    port: options.port ?? 0,
    idleTimeout: 0, // a query may take as long as it likes
    maxRequestBodySize: Number.MAX_SAFE_INTEGER, // Bun would refuse a larger body without a word
    websocket: webSocketHandler(address, links),
    async fetch(request, server) {
      try {
        assertFromHere(request.headers, allowed)
      } catch (error) {
        return errorResponse(error)
      }
      if (request.headers.get('Upgrade')?.toLowerCase() === 'websocket') {
        if (server.upgrade(request, { data: { take() {} } })) return
        return errorResponse(new HttpError(400, 'the WebSocket upgrade failed'))
      }
      const response = await answer(request, pools, address)
      for (const [name, value] of Object.entries(corsHeaders(request.headers, allowed))) {
        response.headers.set(name, value)
      }
      response.headers.set('Neon-Request-Id', crypto.randomUUID())
      return response
    },
  })
  const host = `${reachable(server.hostname)}:${server.port}`
  return {
    port: Number(server.port),
    url: `http://${host}`,
    connectionString(database) {
      const local = Object.assign(new URL(upstream), { host })
      if (database !== undefined) local.pathname = `/${encodeURIComponent(database)}`
      return local.href
    },
    async stop() {
      await server.stop(true)
      await Promise.all([...links].map((link) => link.hangUp()))
      await pools.close()
    },
  }
}

// What listens on every address is not reached under that name.
function reachable(hostname = '127.0.0.1'): string {
  if (hostname === '0.0.0.0' || hostname === '::') return '127.0.0.1'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}

async function answer(request: Request, pools: Pools, upstream: Address): Promise<Response> {
  const isSql = new URL(request.url).pathname === '/sql'
  if (isSql && request.method === 'OPTIONS') return preflight()
  try {
    if (isSql && request.method === 'POST') return await answerSql(request, pools, upstream)
    throw new HttpError(
      400,
      "query is not supported: this is Neon's protocol, POST /sql or a WebSocket at /v2",
    )
  } catch (error) {
    return errorResponse(error)
  }
}

// Word for word what Neon's proxy allows: a page that needs more would fail there.
const preflight = () =>
  new Response(null, {
    headers: {
      Allow: 'OPTIONS, POST',
      'Access-Control-Allow-Headers':
        'Authorization, Neon-Connection-String, Neon-Raw-Text-Output, Neon-Array-Mode, Neon-Pool-Opt-In, Neon-Batch-Read-Only, Neon-Batch-Isolation-Level',
      'Access-Control-Max-Age': '86400',
    },
  })
