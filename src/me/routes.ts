import { Hono } from 'hono'
import { getCaller } from '../access/caller.ts'
import { signedIn } from '../access/guards.ts'
import { clientOf } from '../http/client.ts'
import type { Env } from '../http/env.ts'
import { operation } from '../http/operations.ts'
import { hashes } from '../http/room.ts'
import { validateBody } from '../http/validate.ts'
import { User } from '../identity/schema.ts'
import { requestVerification } from '../users/email.ts'
import { UserPatch } from '../users/schema.ts'
import { deleteUser, updateUser } from '../users/service.ts'
import { changePassword } from './change-password.ts'
import { Export, exportCaller } from './export.ts'
import { PasswordChange } from './schema.ts'

/** The signed-in user, at an address that needs no id. */
export const meRoutes = new Hono<Env>()
  .get('/', operation('getMe', 200, User, { summary: 'Get yourself' }), signedIn, async (c) => {
    const user = await getCaller(c.env.db, c.var.caller)
    return c.json(User.parse(user), 200)
  })
  .get(
    '/export',
    operation('exportMe', 200, Export, {
      summary: 'Take all that is stored about you',
      description: 'Without secrets: neither the hash of your password nor any token.',
      headers: { 'Content-Disposition': 'Has browsers save the response as a file.' },
    }),
    signedIn,
    async (c) => {
      const stored = await exportCaller(c.env.db, c.var.caller)
      return c.json(Export.parse(stored), 200, {
        'Content-Disposition': 'attachment; filename="hearth.json"',
      })
    },
  )
  .patch(
    '/',
    operation('updateMe', 200, User, {
      summary: 'Change yourself',
      description: 'Only admins may change `role` and `suspended`.',
      errors: ['conflict', 'forbidden', 'insufficient_user_authentication'],
    }),
    signedIn,
    validateBody(UserPatch),
    async (c) => {
      const user = await updateUser(c.env.db, c.var.caller, 'me', c.req.valid('json'))
      if (c.req.valid('json').email) c.env.deliver?.()
      return c.json(User.parse(user), 200)
    },
  )
  .post(
    '/email-verification',
    operation('askToVerifyEmail', 202, null, {
      summary: 'Ask for a mail to confirm your address',
      description: 'An address gets at most three mails an hour.',
      errors: ['conflict'],
    }),
    signedIn,
    async (c) => {
      await requestVerification(c.env.db, c.var.caller)
      c.env.deliver?.()
      return c.body(null, 202)
    },
  )
  .delete(
    '/',
    operation('deleteMe', 204, null, {
      summary: 'Delete yourself',
      description: 'Your sessions end.',
      errors: ['insufficient_user_authentication'],
    }),
    signedIn,
    async (c) => {
      await deleteUser(c.env.db, c.var.caller, 'me')
      return c.body(null, 204)
    },
  )
  .put(
    '/password',
    operation('changePassword', 204, null, {
      summary: 'Change your password',
      description:
        'Every other session of yours ends. A wrong `currentPassword` counts as a failed attempt to sign in.',
      errors: ['too_many_attempts', 'insufficient_user_authentication'],
    }),
    signedIn,
    hashes,
    validateBody(PasswordChange),
    async (c) => {
      const changer = { client: clientOf(c), caller: c.var.caller }
      await changePassword(c.env.db, changer, c.req.valid('json'), c.env.config)
      return c.body(null, 204)
    },
  )
