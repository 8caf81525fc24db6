import { Hono } from 'hono'
import { clientOf } from '../http/client.ts'
import { operation } from '../http/describe.ts'
import type { Env } from '../http/env.ts'
import { idParam } from '../http/params.ts'
import { validateBody } from '../http/validate.ts'
import { requireToken } from './auth.ts'
import { Credentials, SessionList, SignedIn } from './schema.ts'
import { endSession, listSessions } from './service.ts'
import { signIn } from './sign-in.ts'

/** Sessions: signing in, looking at one's sessions, signing out. */
export const sessionRoutes = new Hono<Env>()
  .post(
    '/',
    operation('Sign in', 201, SignedIn, ['bad_credentials', 'suspended', 'too_many_attempts']),
    validateBody(Credentials),
    async (c) => {
      const signedIn = await signIn(c.env.db, clientOf(c), c.req.valid('json'), c.env.config)
      return c.json(SignedIn.parse(signedIn), 201)
    },
  )
  .get('/', operation('List your sessions', 200, SessionList), requireToken, async (c) => {
    const items = await listSessions(c.env.db, c.var.tokenDigest, c.env.config)
    return c.json(SessionList.parse({ items }))
  })
  .delete('/current', operation('Sign out', 204), requireToken, async (c) => {
    await endSession(c.env.db, c.var.tokenDigest, 'current')
    return c.body(null, 204)
  })
  .delete(
    '/:id',
    operation('End one of your sessions', 204, undefined, ['not_found']),
    requireToken,
    async (c) => {
      await endSession(c.env.db, c.var.tokenDigest, idParam(c))
      return c.body(null, 204)
    },
  )
