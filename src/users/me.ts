import { Hono } from 'hono'
import { clientOf } from '../http/client.ts'
import { operation } from '../http/describe.ts'
import type { Env } from '../http/env.ts'
import { validateBody } from '../http/validate.ts'
import { requireToken, requireUser } from '../sessions/auth.ts'
import { changePassword } from './change-password.ts'
import { deleteOwnUser, updateOwnUser } from './own.ts'
import { PasswordChange, User, UserPatch } from './schema.ts'

/** The signed-in user, under a name of its own. */
export const meRoutes = new Hono<Env>()
  .get('/', operation('Get yourself', 200, User), requireUser, (c) => c.json(User.parse(c.var.user)))
  .patch(
    '/',
    operation('Change yourself', 200, User, ['conflict', 'forbidden']),
    requireToken,
    validateBody(UserPatch),
    async (c) => {
      const user = await updateOwnUser(c.env.db, c.var.tokenDigest, c.req.valid('json'), c.env.config)
      return c.json(User.parse(user))
    },
  )
  .delete('/', operation('Delete yourself', 204), requireToken, async (c) => {
    await deleteOwnUser(c.env.db, c.var.tokenDigest)
    return c.body(null, 204)
  })
  .put(
    '/password',
    operation('Change your password; every other session ends', 204, undefined, ['too_many_attempts']),
    requireToken,
    validateBody(PasswordChange),
    async (c) => {
      await changePassword(
        c.env.db,
        { ip: clientOf(c).ip, tokenDigest: c.var.tokenDigest },
        c.req.valid('json'),
        c.env.config,
      )
      return c.body(null, 204)
    },
  )
