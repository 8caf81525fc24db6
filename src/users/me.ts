import { Hono } from 'hono'
import { operation } from '../http/describe.ts'
import type { Env } from '../http/env.ts'
import { validateBody } from '../http/validate.ts'
import { requireToken, requireUser } from '../sessions/auth.ts'
import { changePassword } from './change-password.ts'
import { allowedPatch } from './routes.ts'
import { PasswordChange, User, UserPatch } from './schema.ts'
import { deleteUser, updateUser } from './service.ts'

/** The signed-in user, under a name of its own. */
export const meRoutes = new Hono<Env>()
  .get('/', operation('Get yourself', 200, User), requireUser, (c) => c.json(User.parse(c.var.user)))
  .patch(
    '/',
    operation('Change yourself', 200, User, ['conflict', 'forbidden']),
    requireUser,
    validateBody(UserPatch),
    async (c) => {
      const user = await updateUser(c.env.db, c.var.user.id, allowedPatch(c, c.req.valid('json')))
      return c.json(User.parse(user))
    },
  )
  .delete('/', operation('Delete yourself', 204), requireUser, async (c) => {
    await deleteUser(c.env.db, c.var.user.id)
    return c.body(null, 204)
  })
  .put(
    '/password',
    operation('Change your password; every other session ends', 204),
    requireToken,
    validateBody(PasswordChange),
    async (c) => {
      await changePassword(c.env.db, c.var.tokenDigest, c.req.valid('json'), c.env.config)
      return c.body(null, 204)
    },
  )
