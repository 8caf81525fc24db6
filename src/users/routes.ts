import { Hono } from 'hono'
import * as z from 'zod'
import { adminsOnly, maybeSignedIn, signedIn } from '../access/guards.ts'
import { clientOf } from '../http/client.ts'
import type { Env } from '../http/env.ts'
import { operation } from '../http/operations.ts'
import { respondWithPage } from '../http/pages.ts'
import { Id } from '../http/params.ts'
import { validateBody, validatePath, validateQuery } from '../http/validate.ts'
import { User } from '../identity/schema.ts'
import { register } from './register.ts'
import { NewUser, UserPage, UserPatch, UserQuery } from './schema.ts'
import { deleteUser, getUser, listUsers, updateUser } from './service.ts'

const userId = validatePath(z.object({ id: Id }))

/** Users: registration for anyone; the rest for admins, and for users about themselves. */
export const userRoutes = new Hono<Env>()
  .post(
    '/',
    operation('Register', 201, User, ['conflict', 'registration_closed', 'too_many_attempts']),
    maybeSignedIn,
    validateBody(NewUser),
    async (c) => {
      const registrant = { client: clientOf(c), caller: c.var.caller }
      const user = await register(c.env.db, registrant, c.req.valid('json'), c.env.config)
      return c.json(User.parse(user), 201, { Location: `/users/${user.id}` })
    },
  )
  .get('/', operation('List users', 200, UserPage), adminsOnly, validateQuery(UserQuery), async (c) => {
    const page = await listUsers(c.env.db, c.var.caller, c.req.valid('query'))
    return respondWithPage(c, UserPage.parse(page))
  })
  .get('/:id', operation('Get a user', 200, User), signedIn, userId, async (c) => {
    const user = await getUser(c.env.db, c.var.caller, c.req.valid('param').id)
    return c.json(User.parse(user))
  })
  .patch(
    '/:id',
    operation('Change a user', 200, User, ['conflict', 'forbidden']),
    signedIn,
    userId,
    validateBody(UserPatch),
    async (c) => {
      const { id } = c.req.valid('param')
      const user = await updateUser(c.env.db, c.var.caller, id, c.req.valid('json'))
      return c.json(User.parse(user))
    },
  )
  .delete('/:id', operation('Delete a user', 204), signedIn, userId, async (c) => {
    await deleteUser(c.env.db, c.var.caller, c.req.valid('param').id)
    return c.body(null, 204)
  })
