/** The part of `neonConfig` that names the addresses of Neon. */
export type NeonConfig = {
  fetchEndpoint: string | ((host: string, port: number | string, options?: { jwtAuth?: boolean }) => string)
  wsProxy: string | ((host: string, port: number | string) => string)
  useSecureWebSocket: boolean
  coalesceWrites: boolean
}

/** The port of a local Neon unless another is given. */
export const DEFAULT_PORT = 4444

/**
 * Makes `@neondatabase/serverless` speak to local endpoints. A connection string with a loopback host names the endpoint
 * itself (`postgres://user:password@localhost:4444/app`), so one process can use several at once; strings without a port go
 * to `port`. Other hosts keep their settings, except those for WebSockets, which cannot depend on the host. `tls` is for
 * endpoints that were started with a certificate.
 */
export function useNeonLocal(
  neonConfig: NeonConfig,
  port: number = DEFAULT_PORT,
  { tls = false }: { tls?: boolean } = {},
): void {
  const { fetchEndpoint, wsProxy } = neonConfig
  const local = (host: string, given: number | string) => `${host}:${hasPort(given) ? given : port}`
  neonConfig.fetchEndpoint = (host, given, options) => {
    if (isLoopback(host)) return `${tls ? 'https' : 'http'}://${local(host, given)}/sql`
    return typeof fetchEndpoint === 'string' ? fetchEndpoint : fetchEndpoint(host, given, options)
  }
  neonConfig.wsProxy = (host, given) => {
    if (isLoopback(host)) return `${local(host, given)}/v2`
    return typeof wsProxy === 'string' ? `${wsProxy}?address=${host}:${given}` : wsProxy(host, given)
  }
  neonConfig.useSecureWebSocket = tls
  neonConfig.coalesceWrites = false // the driver would wait for a timer before each message
}

/** Whether a host is this machine, and so a local endpoint rather than Neon. */
export function isLoopback(host: string): boolean {
  return /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

// `Pool` with `poolQueryViaFetch` drops the port, and `Client` puts Postgres's own in the place of a missing one.
const hasPort = (port: number | string | undefined) => Boolean(port) && Number(port) !== 5432
