import type { Hono, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { Config } from '../config.ts'
import type { ErrorCode } from '../errors.ts'
import type { Env } from './env.ts'

/** Who may call an operation. */
export type Access = 'anyone' | 'signed in' | 'admins'

/** A schema, or one that depends on the settings. */
export type Schema<Kind extends z.ZodType = z.ZodType> = Kind | ((config: Config) => Kind)

/** What one handler or middleware contributes to the description of its operation. */
export type Description = {
  summary?: string
  success?: { status: number; schema?: z.ZodType }
  access?: Access
  params?: z.ZodObject
  query?: z.ZodObject
  body?: Schema
  errors?: ErrorCode[]
}

const descriptions = new WeakMap<object, Description>()

/** Notes what `handler` does, for OpenAPI and for the rules over all routes, and returns it unchanged. */
export function described<Handler extends MiddlewareHandler>(
  handler: Handler,
  description: Description,
): Handler {
  descriptions.set(handler, description)
  return handler
}

/** Names an operation: a summary, its success status and body, and the errors that its middleware does not add. */
export function operation(
  summary: string,
  status: number,
  schema?: z.ZodType,
  errors: ErrorCode[] = [],
): MiddlewareHandler<Env> {
  const success = schema ? { status, schema } : { status }
  return described(
    createMiddleware<Env>((_, next) => next()),
    { summary, success, errors },
  )
}

/** Opens an operation to anyone. The guards that close one are in `access/guards.ts`. */
export const anyone = described(
  createMiddleware<Env>((_, next) => next()),
  { access: 'anyone' },
)

/** Returns what was noted of `handler`. */
export const descriptionOf = (handler: object): Description | undefined => descriptions.get(handler)

/** One operation of the app: a method on a path such as `/users/:id`. */
export type Operation = Description & { method: string; path: string }

/** Lists the operations of `app`, also those that do not say who may call them. */
export function operationsOf(app: Pick<Hono<Env>, 'routes'>): Operation[] {
  // A route is registered once for each of its handlers. Middleware is registered for all methods.
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  const byEndpoint = Map.groupBy(routes, ({ method, path }) => `${method} ${path}`)
  return [...byEndpoint.values()].map((handlers) => {
    const { method = '', path = '' } = handlers[0] ?? {}
    const parts = handlers.map(({ handler }) => descriptionOf(handler) ?? {})
    return {
      method,
      path,
      ...Object.assign({}, ...parts),
      errors: parts.flatMap(({ errors = [] }) => errors),
    }
  })
}
