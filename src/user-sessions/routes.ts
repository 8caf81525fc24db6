import { Hono } from 'hono'
import * as z from 'zod'
import { adminsOnly } from '../access/guards.ts'
import type { Env } from '../http/env.ts'
import { operation } from '../http/operations.ts'
import { respondWithPage } from '../http/pages.ts'
import { Id } from '../http/params.ts'
import { validatePath, validateQuery } from '../http/validate.ts'
import { SessionPage, SessionQuery } from '../sessions/schema.ts'
import { endUserSession, endUserSessions, listUserSessions } from './service.ts'

const userId = validatePath(z.object({ id: Id }))

/** The sessions of any user, for admins. */
export const userSessionRoutes = new Hono<Env>()
  .get(
    '/',
    operation('listUserSessions', 200, SessionPage, { summary: 'List the sessions of a user' }),
    adminsOnly,
    userId,
    validateQuery(SessionQuery),
    async (c) => {
      const { id } = c.req.valid('param')
      const page = await listUserSessions(c.env.db, c.var.caller, id, c.req.valid('query'))
      return respondWithPage(c, SessionPage.parse(page))
    },
  )
  .delete(
    '/',
    operation('endUserSessions', 204, null, { summary: 'End all sessions of a user' }),
    adminsOnly,
    userId,
    async (c) => {
      await endUserSessions(c.env.db, c.var.caller, c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
  .delete(
    '/:sessionId',
    operation('endUserSession', 204, null, { summary: 'End a session of a user' }),
    adminsOnly,
    validatePath(z.object({ id: Id, sessionId: Id })),
    async (c) => {
      const { id, sessionId } = c.req.valid('param')
      await endUserSession(c.env.db, c.var.caller, id, sessionId)
      return c.body(null, 204)
    },
  )
