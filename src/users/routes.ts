import { Hono } from 'hono'
import * as z from 'zod'
import { adminsOnly, maybeSignedIn, signedIn } from '../access/guards.ts'
import { clientOf } from '../http/client.ts'
import type { Env } from '../http/env.ts'
import { operation } from '../http/operations.ts'
import { respondWithPage } from '../http/pages.ts'
import { Id } from '../http/params.ts'
import { hashes } from '../http/room.ts'
import { validateBody, validatePath, validateQuery } from '../http/validate.ts'
import { User } from '../identity/schema.ts'
import { listUsers } from './list.ts'
import { register } from './register.ts'
import { issueReset } from './reset.ts'
import { IssuedToken, NewUser, UserPage, UserPatch, UserQuery } from './schema.ts'
import { deleteUser, getUser, updateUser } from './service.ts'

const FOR_SELF = 'For admins, and for users about themselves: other users do not exist for them.'
const userId = validatePath(z.object({ id: Id }))

/** Users: registration for anyone; the rest for admins, and for users about themselves. */
export const userRoutes = new Hono<Env>()
  .post(
    '/',
    operation('createUser', 201, User, {
      summary: 'Register a user',
      description:
        'Open to anyone, within limits for each address, unless the setting `REGISTRATION` is `closed`: then only admins register users. Admins may give a `role`, and leave out `password`: hand the user a token of `POST /users/{id}/password-reset` then.',
      headers: { Location: 'The address of the new user.' },
      errors: ['conflict', 'registration_closed', 'too_many_attempts', 'insufficient_user_authentication'],
      isClosed: ({ registration }) => registration === 'closed',
    }),
    maybeSignedIn,
    hashes,
    validateBody(NewUser),
    async (c) => {
      const registrant = { client: clientOf(c), caller: c.var.caller }
      const user = await register(c.env.db, registrant, c.req.valid('json'), c.env.config)
      if (user.email) c.env.deliver?.()
      return c.json(User.parse(user), 201, { Location: `/users/${user.id}` })
    },
  )
  .get(
    '/',
    operation('listUsers', 200, UserPage, {
      description:
        'For admins. `q` finds the beginning of user names and of verified addresses; the other filters are exact.',
    }),
    adminsOnly,
    validateQuery(UserQuery),
    async (c) => {
      const page = await listUsers(c.env.db, c.var.caller, c.req.valid('query'))
      return respondWithPage(c, UserPage.parse(page))
    },
  )
  .get(
    '/:id',
    operation('getUser', 200, User, { summary: 'Get a user', description: FOR_SELF }),
    signedIn,
    userId,
    async (c) => {
      const user = await getUser(c.env.db, c.var.caller, c.req.valid('param').id)
      return c.json(User.parse(user), 200)
    },
  )
  .patch(
    '/:id',
    operation('updateUser', 200, User, {
      summary: 'Change a user',
      description: `${FOR_SELF} Only admins may change \`role\` and \`suspended\`. Suspending a user ends its sessions.`,
      errors: ['conflict', 'forbidden', 'insufficient_user_authentication'],
    }),
    signedIn,
    userId,
    validateBody(UserPatch),
    async (c) => {
      const { id } = c.req.valid('param')
      const user = await updateUser(c.env.db, c.var.caller, id, c.req.valid('json'))
      if (c.req.valid('json').email) c.env.deliver?.()
      return c.json(User.parse(user), 200)
    },
  )
  .post(
    '/:id/password-reset',
    operation('issuePasswordReset', 201, IssuedToken, {
      summary: 'Issue a token with which the user can choose a new password',
      description:
        'For you to hand out; it works once, for an hour, and replaces an older one. No admin learns a password.',
      errors: ['insufficient_user_authentication'],
    }),
    adminsOnly,
    userId,
    async (c) => {
      const issued = await issueReset(c.env.db, c.var.caller, c.req.valid('param').id)
      return c.json(IssuedToken.parse(issued), 201)
    },
  )
  .delete(
    '/:id',
    operation('deleteUser', 204, null, {
      summary: 'Delete a user',
      description: `${FOR_SELF} The sessions of the user end.`,
      errors: ['insufficient_user_authentication'],
    }),
    signedIn,
    userId,
    async (c) => {
      await deleteUser(c.env.db, c.var.caller, c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
