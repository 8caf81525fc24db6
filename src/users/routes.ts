import { type Context, Hono } from 'hono'
import { AppError } from '../errors.ts'
import { clientOf } from '../http/client.ts'
import { operation } from '../http/describe.ts'
import type { Env } from '../http/env.ts'
import { linkNextPage } from '../http/pages.ts'
import { idParam } from '../http/params.ts'
import { validateBody, validateQuery } from '../http/validate.ts'
import { requireAdmin, requireOpenRegistration, requireUser } from '../sessions/auth.ts'
import { register } from './register.ts'
import { NewUser, User, UserPage, UserPatch, UserQuery } from './schema.ts'
import {
  createUser,
  deleteUser,
  forAdminsOnly,
  getUser,
  isForAdmins,
  listUsers,
  type UserRow,
  updateUser,
} from './service.ts'

/** Users: registration for anyone, the rest for admins and for users about themselves. */
export const userRoutes = new Hono<Env>()
  .post(
    '/',
    operation('Register', 201, User, ['conflict', 'too_many_attempts']),
    requireOpenRegistration,
    validateBody(NewUser),
    async (c) => {
      const user = await newUser(c, c.req.valid('json'))
      return c.json(User.parse(user), 201, { Location: `/users/${user.id}` })
    },
  )
  .get('/', operation('List users', 200, UserPage), requireAdmin, validateQuery(UserQuery), async (c) => {
    const page = await listUsers(c.env.db, c.req.valid('query'))
    linkNextPage(c, page.nextCursor)
    return c.json(UserPage.parse(page))
  })
  .get('/:id', operation('Get a user', 200, User, ['not_found']), requireUser, async (c) => {
    const user = await getUser(c.env.db, ownOrAnyForAdmins(c))
    return c.json(User.parse(user))
  })
  .patch(
    '/:id',
    operation('Change a user', 200, User, ['not_found', 'conflict', 'forbidden']),
    requireUser,
    validateBody(UserPatch),
    async (c) => {
      const user = await updateUser(c.env.db, ownOrAnyForAdmins(c), allowedPatch(c, c.req.valid('json')))
      return c.json(User.parse(user))
    },
  )
  .delete('/:id', operation('Delete a user', 204, undefined, ['not_found']), requireUser, async (c) => {
    await deleteUser(c.env.db, ownOrAnyForAdmins(c))
    return c.body(null, 204)
  })

// Where registration is closed an admin was let through, whose registrations are not limited.
function newUser(c: Context<Env>, input: NewUser): Promise<UserRow> {
  const { db, config } = c.env
  if (c.var.user) return createUser(db, input, config)
  return register(db, { ip: clientOf(c).ip, tokenDigest: c.var.tokenDigest ?? null }, input, config)
}

function allowedPatch(c: Context<Env>, patch: UserPatch): UserPatch {
  if (isForAdmins(patch) && c.var.user.role !== 'admin') forAdminsOnly()
  return patch
}

// Somebody else's user does not exist for those who are no admins: a 403 would tell which ids are taken.
function ownOrAnyForAdmins(c: Context<Env>): number {
  const id = idParam(c)
  if (c.var.user.role !== 'admin' && c.var.user.id !== id)
    throw new AppError('not_found', 'There is no such user.')
  return id
}
