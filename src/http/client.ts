import type { Context } from 'hono'
import type { Env } from './env.ts'

/** Where a request comes from: the client's address, and the first 255 characters of its `User-Agent`. */
export type Client = { ip: string | null; userAgent: string | null }

/** The client of a request: its address is that of the connection, or what the header in `CLIENT_IP_HEADER` says. */
export function clientOf(c: Pick<Context<Env>, 'req' | 'env'>): Client {
  const { clientIpHeader } = c.env.config
  const ip = clientIpHeader ? c.req.header(clientIpHeader) : c.env.ip
  const userAgent = c.req.header('User-Agent')?.toWellFormed().slice(0, 255) || null
  return { ip: ip?.slice(0, 45) || null, userAgent }
}
