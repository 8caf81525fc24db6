import { Hono } from 'hono'
import * as z from 'zod'
import { SingleUseToken } from '../access/one-time.ts'
import { clientOf } from '../http/client.ts'
import type { Env } from '../http/env.ts'
import { anyone, operation } from '../http/operations.ts'
import { hashes } from '../http/room.ts'
import { validateBody, validatePath } from '../http/validate.ts'
import { Reset, ResetRequest } from './schema.ts'
import { requestReset, resetPassword } from './service.ts'

/** Forgotten passwords: asking for a mail with a single-use token, and using the token. */
export const passwordResetRoutes = new Hono<Env>()
  .post(
    '/',
    operation('requestPasswordReset', 202, null, {
      summary: 'Ask for a mail to choose a new password',
      description:
        'Takes a user name or a verified address. The response is the same, in the same time, for a name that nobody has.',
      errors: ['too_many_attempts'],
    }),
    anyone,
    validateBody(ResetRequest),
    async (c) => {
      await requestReset(c.env.db, clientOf(c), c.req.valid('json'))
      c.env.deliver?.()
      return c.body(null, 202)
    },
  )
  .put(
    '/:token',
    operation('resetPassword', 204, null, {
      summary: 'Choose a new password by a single-use token',
      description: 'All sessions of the user end. A used, expired, replaced or made-up token is 404.',
      errors: ['too_many_attempts'],
    }),
    anyone,
    validatePath(z.object({ token: SingleUseToken })),
    hashes,
    validateBody(Reset),
    async (c) => {
      const { token } = c.req.valid('param')
      await resetPassword(c.env.db, clientOf(c), token, c.req.valid('json'), c.env.config)
      return c.body(null, 204)
    },
  )
