import type { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

/**
 * Answers requests that no route takes before anything else looks at them. Throws `method_not_allowed` with the methods that
 * the path knows, or `not_found`; OPTIONS on a known path gets 204. `app` is asked for its routes at the first such request.
 */
export function refuseUnknown(app: () => Hono<Env>) {
  let routes: SmartRouter<string> | undefined
  return createMiddleware<Env>(async (c, next) => {
    // Middleware is registered for all methods, a route for one.
    if (matchedRoutes(c).some((route) => route.method !== 'ALL')) return next()
    routes ??= routesByMethod(app())
    const allow = METHODS.filter((method) => routes?.match(method, c.req.path)[0].length)
    if (allow.length === 0) throw new AppError('not_found', 'There is nothing at this address.')
    if (allow.includes('GET')) allow.push('HEAD')
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow.join(', ') })
    throw new AppError('method_not_allowed', `This address knows ${allow.join(', ')}.`, { allow })
  })
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function routesByMethod(app: Hono<Env>): SmartRouter<string> {
  const router = new SmartRouter<string>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const { method, path } of app.routes) if (method !== 'ALL') router.add(method, path, method)
  return router
}
