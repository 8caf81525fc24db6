import { Hono } from 'hono'
import * as z from 'zod'
import { SingleUseToken } from '../access/one-time.ts'
import type { Env } from '../http/env.ts'
import { anyone, operation } from '../http/operations.ts'
import { validatePath } from '../http/validate.ts'
import { verifyEmail } from './service.ts'

/** Email addresses that were shown to be their user's. */
export const emailVerificationRoutes = new Hono<Env>().put(
  '/:token',
  operation('verifyEmail', 204, null, {
    summary: 'Confirm an email address by a single-use token',
    description:
      '409 when another user confirmed the address before. A used, expired or made-up token is 404.',
    errors: ['conflict'],
  }),
  anyone,
  validatePath(z.object({ token: SingleUseToken })),
  async (c) => {
    await verifyEmail(c.env.db, c.req.valid('param').token)
    return c.body(null, 204)
  },
)
