import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

// RFC 3986, section 3.2.2 and 3.2.3. It may be empty, and HTTP/1.0 knows none.
const HOST = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d{0,5})?$/i

/** Throws `malformed` for a `Host` that names no host (RFC 9112, section 3.2). */
export const refuseMalformedHost = createMiddleware<Env>((c, next) => {
  if (!HOST.test(c.req.header('Host') ?? ''))
    throw new AppError('malformed', 'The Host header names no host.')
  return next()
})
