import type { Context } from 'hono'
import { forwardedAddress, parseAddress } from './address.ts'
import type { Env } from './env.ts'

/**
 * Where a request comes from: the client's address, and the first 255 characters of its `User-Agent`. `signal` aborts when the
 * client has left or the time is up.
 */
export type Client = { ip: string | null; userAgent: string | null; signal?: AbortSignal }

/**
 * The client of a request. Its address is what the header in `CLIENT_IP_HEADER` says; where that is missing or is not an
 * address, it is the connection's, so that nobody escapes a limit by leaving the header out.
 */
export function clientOf(c: Pick<Context<Env>, 'req' | 'env' | 'var'>): Client {
  const { clientIpHeader, trustedProxies } = c.env.config
  const forwarded = clientIpHeader && c.req.header(clientIpHeader)
  const named = forwarded ? forwardedAddress(forwarded, trustedProxies) : null
  const userAgent = c.req.header('User-Agent')?.toWellFormed().slice(0, 255) || null
  return { ip: named ?? parseAddress(c.env.ip ?? ''), userAgent, signal: c.var.signal }
}
