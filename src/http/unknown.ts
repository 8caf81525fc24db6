import type { Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'
import { descriptionOf, operationsOf } from './operations.ts'
import { rejected, unknownField } from './validate.ts'

/**
 * Answers requests that no operation takes, before anything else looks at them. An operation that does not say who may call
 * it does not exist. Throws `method_not_allowed` with the methods that the path allows, `not_found`, and `invalid` for a
 * query on an operation that has none; OPTIONS on a known path gets 204. `app` is asked for its routes at the first such request.
 */
export function refuseUnknown(app: () => Pick<Hono<Env>, 'routes'>) {
  let router: SmartRouter<string> | undefined
  return createMiddleware<Env>(async (c, next) => {
    const parts = matchedRoutes(c).map(({ handler }) => descriptionOf(handler))
    if (parts.some((part) => part?.access)) {
      if (c.req.url.includes('?') && !parts.some((part) => part?.query)) refuseQuery(c)
      return next()
    }
    router ??= routerOf(app())
    const allow = METHODS.filter((method) => router?.match(method, c.req.path)[0].length)
    if (allow.length === 0) throw new AppError('not_found', 'There is no resource at this address.')
    if (allow.includes('GET')) allow.push('HEAD')
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow.join(', ') })
    throw new AppError('method_not_allowed', `Allowed methods: ${allow.join(', ')}.`, { allow })
  })
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function routerOf(app: Pick<Hono<Env>, 'routes'>): SmartRouter<string> {
  const router = new SmartRouter<string>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const { method, path, access } of operationsOf(app)) if (access) router.add(method, path, method)
  return router
}

function refuseQuery(c: Context): void {
  const keys = Object.keys(c.req.query())
  if (keys.length > 0)
    throw rejected(
      'query',
      keys.map((key) => unknownField([key])),
    )
}
