import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import { described } from '../http/describe.ts'
import type { Env } from '../http/env.ts'
import { authenticate } from './service.ts'
import { digest, isToken } from './token.ts'

/** Lets only signed-in users pass, and sets `user`. Throws `unauthenticated`. */
export const requireUser = described(
  createMiddleware<Env>(async (c, next) => {
    await signedIn(c)
    await next()
  }),
  { signedIn: true, errors: ['unauthenticated'] },
)

/** Lets only admins pass, like `requireUser`. Throws `forbidden` for other users. */
export const requireAdmin = described(
  createMiddleware<Env>(async (c, next) => {
    await signedIn(c)
    if (c.var.user.role !== 'admin') throw new AppError('forbidden', 'Only admins may do this.')
    await next()
  }),
  { signedIn: true, errors: ['unauthenticated', 'forbidden'] },
)

/**
 * Lets anyone pass while registration is open, and sets `tokenDigest` where a token was sent; only admins when it is closed,
 * and sets `user`. Throws `registration_closed`, and then `unauthenticated` for a token that is not valid.
 */
export const requireOpenRegistration = described(
  createMiddleware<Env>(async (c, next) => {
    if (c.env.config.registration === 'closed') {
      if (c.req.header('Authorization')) await signedIn(c)
      if (c.var.user?.role !== 'admin')
        throw new AppError('registration_closed', 'Ask an admin for an account.')
    } else {
      const token = presentedToken(c)
      if (token) c.set('tokenDigest', await digest(token))
    }
    await next()
  }),
  { errors: ['unauthenticated', 'registration_closed'] },
)

/** Sets `tokenDigest` for services that authenticate in the statement they run anyway. Throws `unauthenticated` where there is no token. */
export const requireToken = described(
  createMiddleware<Env>(async (c, next) => {
    c.set('tokenDigest', await presentedDigest(c))
    await next()
  }),
  { signedIn: true, errors: ['unauthenticated'] },
)

async function signedIn(c: Context<Env>): Promise<void> {
  c.set('user', await authenticate(c.env.db, await presentedDigest(c), c.env.config))
}

async function presentedDigest(c: Context<Env>): Promise<string> {
  const token = presentedToken(c)
  if (!token)
    throw new AppError('unauthenticated', 'Sign in, and send the token as Authorization: Bearer <token>.')
  return digest(token)
}

// RFC 6750, section 2.1
function presentedToken(c: Context<Env>): string | null {
  const [, token = ''] = /^Bearer +([^ ]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
  return isToken(token) ? token : null
}
