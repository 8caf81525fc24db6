import { Hono } from 'hono'
import * as z from 'zod'
import { signedIn } from '../access/guards.ts'
import { clientOf } from '../http/client.ts'
import type { Env } from '../http/env.ts'
import { anyone, operation } from '../http/operations.ts'
import { respondWithPage } from '../http/pages.ts'
import { Id } from '../http/params.ts'
import { hashes } from '../http/room.ts'
import { validateBody, validatePath, validateQuery } from '../http/validate.ts'
import { confirmSession } from './confirm.ts'
import { Confirmation, Confirmed, Credentials, SessionPage, SessionQuery, SignedIn } from './schema.ts'
import { endAllSessions, endSession, listSessions } from './service.ts'
import { signIn } from './sign-in.ts'

const sessionId = validatePath(z.object({ id: Id }))

/** Sessions: signing in, looking at one's sessions, signing out. */
export const sessionRoutes = new Hono<Env>()
  .post(
    '/',
    operation('signIn', 201, SignedIn, {
      description:
        'Opens a session. Send its token as `Authorization: Bearer <token>`. Failed attempts are limited.',
      errors: ['bad_credentials', 'suspended', 'too_many_attempts'],
    }),
    anyone,
    hashes,
    validateBody(Credentials),
    async (c) => {
      const signedIn = await signIn(c.env.db, clientOf(c), c.req.valid('json'), c.env.config)
      return c.json(SignedIn.parse(signedIn), 201)
    },
  )
  .get(
    '/',
    operation('listSessions', 200, SessionPage, { summary: 'List your sessions' }),
    signedIn,
    validateQuery(SessionQuery),
    async (c) => {
      const page = await listSessions(c.env.db, c.var.caller, c.req.valid('query'))
      return respondWithPage(c, SessionPage.parse(page))
    },
  )
  .delete(
    '/',
    operation('signOutEverywhere', 204, null, {
      description: 'Ends all sessions of the caller at once, the one that sends the request too.',
    }),
    signedIn,
    async (c) => {
      await endAllSessions(c.env.db, c.var.caller)
      return c.body(null, 204)
    },
  )
  .delete(
    '/current',
    operation('signOut', 204, null, { description: 'Ends the session that sends the request.' }),
    signedIn,
    async (c) => {
      await endSession(c.env.db, c.var.caller, 'current')
      return c.body(null, 204)
    },
  )
  .post(
    '/current/confirmation',
    operation('confirmSession', 200, Confirmed, {
      summary: 'Give your password again',
      description:
        'Names, addresses, passwords, roles, tokens and deletions want a password that was given within 15 minutes (RFC 9470). The token of the request ends, and the new one replaces it.',
      errors: ['too_many_attempts'],
    }),
    signedIn,
    hashes,
    validateBody(Confirmation),
    async (c) => {
      const sender = { client: clientOf(c), caller: c.var.caller }
      const { password } = c.req.valid('json')
      const confirmed = await confirmSession(c.env.db, sender, password, c.env.config)
      return c.json(Confirmed.parse(confirmed), 200)
    },
  )
  .delete(
    '/:id',
    operation('endSession', 204, null, { summary: 'End one of your sessions' }),
    signedIn,
    sessionId,
    async (c) => {
      await endSession(c.env.db, c.var.caller, c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
