import { createMiddleware } from 'hono/factory'
import type { Env } from './env.ts'

/** Gives the response to HEAD the length that GET's has (RFC 9110, section 8.6): without the body runtimes would say 0. */
export const lengthOfHead = createMiddleware<Env>(async (c, next) => {
  await next()
  if (c.req.method !== 'HEAD' || !c.res.body) return
  const { byteLength } = await c.res.clone().arrayBuffer()
  c.header('Content-Length', String(byteLength))
})
