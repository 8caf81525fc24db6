import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Switchboard } from './conversation.ts'
import { createHttpServer } from './http.ts'
import { createAdmission, JWT_ROLES } from './jwt.ts'
import { IDLE_TIMEOUT_MS, MAX_CONNECTIONS } from './limits.ts'
import type { Link } from './link.ts'
import { createListener } from './listener.ts'
import type { NeonLocal, Options } from './options.ts'
import { createPools, type Pools } from './pools.ts'
import { isLoopback } from './settings.ts'
import { answerSql } from './sql.ts'
import { servePostgres } from './tcp.ts'
import { OptionError, readUpstream, type Upstream } from './upstream.ts'
import { serveWebSocket } from './websocket.ts'

/**
 * Serves Neon's HTTP and WebSocket protocols, and Postgres's own, on one port in front of a Postgres. Every client brings
 * its own credentials. Rejects with `OptionError` (code `INVALID_OPTION`) for an option that it cannot follow, and with the
 * system's error, such as `EADDRINUSE`, when it cannot listen.
 */
export async function startNeonLocal(options: Options): Promise<NeonLocal> {
  const upstream = readUpstream(options.upstream)
  const { hostname = '127.0.0.1', port: wanted = 0 } = options
  if (isLoopback(upstream.host) && upstream.port === wanted) {
    throw new OptionError(`The upstream is the endpoint itself: both are on port ${wanted}.`)
  }
  const pools = createPools(upstream, {
    max: options.maxConnections ?? MAX_CONNECTIONS,
    idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
  })
  const switchboard = { upstream, links: new Set<Link>() }
  try {
    const listener = await createEndpoint(options, hostname, switchboard, pools)
    const close = closer(listener)
    listener.listen(wanted, hostname)
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const host = `${reachable(hostname)}:${port}`
    const isEncrypted = options.tls !== undefined
    return {
      port,
      url: `${isEncrypted ? 'https' : 'http'}://${host}`,
      connectionString: (database) => connectionString(upstream, host, isEncrypted, database),
      async stop() {
        close()
        await Promise.all([...switchboard.links].map((link) => link.hangUp()))
        await pools.close()
      },
    }
  } catch (error) {
    await pools.close()
    throw error
  }
}

async function createEndpoint(
  { jwks, jwtRoles: roles = JWT_ROLES, allowOrigins = [], allowHosts = [], tls }: Options,
  hostname: string,
  switchboard: Switchboard,
  pools: Pools,
): Promise<Server> {
  const { upstream } = switchboard
  const admit = await createAdmission(jwks === undefined ? undefined : { jwks, roles }, upstream, pools)
  const hosts = [reachable(hostname), ...allowHosts].map((name) => name.toLowerCase())
  const http = createHttpServer({
    allowed: { origins: allowOrigins, hosts },
    sql: (request, left) => answerSql(request, left, { pools, upstream, admit }),
    webSocket: (webSocket: WebSocket) => serveWebSocket(webSocket, switchboard),
  })
  return createListener(http, (socket, encryption) => servePostgres(socket, switchboard, encryption), tls)
}

/** Returns a function that stops a server from listening, and ends its connections. */
function closer(server: Server): () => void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
}

// A server that listens on all addresses is not reached under that name.
function reachable(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '::') return '127.0.0.1'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}

function connectionString(upstream: Upstream, host: string, isEncrypted: boolean, database?: string): string {
  const url = new URL(`postgres://${host}/${encodeURIComponent(database ?? upstream.database)}`)
  Object.assign(url, {
    username: encodeURIComponent(upstream.user),
    password: encodeURIComponent(upstream.password),
  })
  for (const [name, value] of upstream.session) url.searchParams.set(name, value)
  if (isEncrypted) url.searchParams.set('sslmode', 'require')
  return url.href
}
