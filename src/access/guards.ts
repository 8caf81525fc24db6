import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { Env } from '../http/env.ts'
import { described } from '../http/operations.ts'
import type { AdminCaller, Caller } from './caller.ts'
import { digest, isToken } from './token.ts'

/*
 * Each operation names one of these guards, or `anyone`, or it does not exist (`http/unknown.ts`). A guard asks for a token and adds the
 * caller to the context; the service's statement checks the token (`caller.ts`), so that no request pays a round trip for it.
 */

type With<Who> = Env & { Variables: { caller: Who } }

/** Requires a token, and adds the caller. Throws `unauthenticated`. */
export const signedIn = described(
  createMiddleware<With<Caller>>(async (c, next) => {
    c.set('caller', requireCaller(c))
    await next()
  }),
  { access: 'signed in', errors: ['unauthenticated'] },
)

/** Requires a token, and adds a caller whom services let act only as an admin. Throws `unauthenticated`. */
export const adminsOnly = described(
  createMiddleware<With<AdminCaller>>(async (c, next) => {
    c.set('caller', { ...requireCaller(c), mustBe: 'admin' })
    await next()
  }),
  { access: 'admins', errors: ['unauthenticated', 'forbidden'] },
)

/** Lets anyone pass, and adds the caller, null where no token was sent. The service says what an invalid one means. */
export const maybeSignedIn = described(
  createMiddleware<With<Caller | null>>(async (c, next) => {
    c.set('caller', findCaller(c))
    await next()
  }),
  { access: 'maybe signed in', errors: ['unauthenticated'] },
)

type Request = Pick<Context<Env>, 'req' | 'env'>

function requireCaller(c: Request): Caller {
  const caller = findCaller(c)
  if (!caller)
    throw new AppError('unauthenticated', 'Sign in, and send the token as Authorization: Bearer <token>.')
  return caller
}

// RFC 6750, section 2.1
function findCaller(c: Request): Caller | null {
  const [, token = ''] = /^Bearer +([^ ]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
  return isToken(token) ? { tokenDigest: digest(token), rules: c.env.config } : null
}
