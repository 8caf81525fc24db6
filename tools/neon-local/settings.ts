/** The part of `neonConfig` that says where Neon is. */
export type NeonConfig = {
  fetchEndpoint: string | ((host: string, port: number | string, options?: { jwtAuth?: boolean }) => string)
  wsProxy: string | ((host: string, port: number | string) => string)
  useSecureWebSocket: boolean
  coalesceWrites: boolean
}

/** The port that a local Neon listens on unless it is told otherwise. */
export const DEFAULT_PORT = 4444

/**
 * Makes `@neondatabase/serverless` speak to local endpoints: a connection string with a loopback host names the endpoint
 * itself (`postgres://user:password@localhost:4444/app`), so one process can use several at once. Strings without a port go
 * to `port`. Other hosts keep what they had, but for the settings of WebSockets, which have no host.
 */
export function useNeonLocal(neonConfig: NeonConfig, port: number = DEFAULT_PORT): void {
  const { fetchEndpoint, wsProxy } = neonConfig
  const local = (host: string, given: number | string) => `${host}:${hasPort(given) ? given : port}`
  neonConfig.fetchEndpoint = (host, given, options) => {
    if (isLoopback(host)) return `http://${local(host, given)}/sql`
    return typeof fetchEndpoint === 'string' ? fetchEndpoint : fetchEndpoint(host, given, options)
  }
  neonConfig.wsProxy = (host, given) => {
    if (isLoopback(host)) return `${local(host, given)}/v2`
    return typeof wsProxy === 'string' ? `${wsProxy}?address=${host}:${given}` : wsProxy(host, given)
  }
  neonConfig.useSecureWebSocket = false
  neonConfig.coalesceWrites = false // it waits for a timer before each message
}

/** Whether a host is this machine, and so a local endpoint rather than Neon. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host)
}

// `Pool` with `poolQueryViaFetch` drops the port, and `Client` puts Postgres's own in the place of a missing one.
const hasPort = (port: number | string) => port !== '' && Number(port) !== 5432
