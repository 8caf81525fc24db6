import type { Env as AnyEnv, Hono, Input, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { Config } from '../config.ts'
import type { ErrorCode } from '../errors.ts'
import type { Env } from './env.ts'
import type { Refusal } from './problem.ts'

/** Who may call an operation. `maybe signed in` is open to anyone, and does more for some callers. */
export type Access = 'anyone' | 'maybe signed in' | 'signed in' | 'admins'

/** A schema, or one that depends on the settings. */
export type Schema<Kind extends z.ZodType = z.ZodType> = Kind | ((config: Config) => Kind)

/** What OpenAPI says of an operation beyond its id and its success. */
export type About<Code extends ErrorCode = ErrorCode> = {
  /** By default the id in words: `listNotes` becomes "List notes". */
  summary?: string
  description?: string
  /** The group of the operation, by default the first segment of its path. */
  tag?: string
  /** Headers of the success response, by name, with their descriptions. */
  headers?: Record<string, string>
  /** The errors that neither a guard nor a validator adds. */
  errors?: Code[]
  /** Whether the settings close an operation that its guard leaves open. The service enforces it. */
  isClosed?: (config: Config) => boolean
}

/** What one handler or middleware contributes to the description of its operation. */
export type Description<Code extends ErrorCode = ErrorCode> = About<Code> & {
  id?: string
  success?: { status: number; schema?: z.ZodType }
  access?: Access
  params?: z.ZodObject
  query?: z.ZodObject
  body?: Schema
}

const descriptions = new WeakMap<object, Description>()

/**
 * Notes what `handler` does, for OpenAPI and for the rules over all routes, and returns it unchanged. Its type has the
 * responses to `errors`, for typed clients.
 */
export function described<
  E extends AnyEnv,
  Path extends string,
  In extends Input,
  Code extends ErrorCode = never,
>(
  handler: MiddlewareHandler<E, Path, In>,
  description: Description<Code>,
): MiddlewareHandler<E, Path, In, Refusal<Code>> {
  descriptions.set(handler, description)
  // What it throws, `respondWithProblem` responds with.
  return handler as unknown as MiddlewareHandler<E, Path, In, Refusal<Code>>
}

/** The errors that any operation can respond with: each refuses unknown query keys, and needs settings and a database. */
export const EVERYWHERE = ['invalid', 'unavailable', 'misconfigured'] as const satisfies ErrorCode[]

/**
 * Describes an operation in OpenAPI. `id` is the name of its function in generated clients, so it must be unique and stay;
 * `schema` is that of the body of a success with `status`. Without this an operation works, but is not in the document.
 */
export function operation<Code extends ErrorCode = never>(
  id: string,
  status: number,
  schema?: z.ZodType | null,
  { errors = [], ...about }: About<Code> = {},
) {
  const success = schema ? { status, schema } : { status }
  return described(
    createMiddleware<Env>((_, next) => next()),
    { summary: inWords(id), ...about, errors: [...errors, ...EVERYWHERE], id, success },
  )
}

const inWords = (id: string) =>
  id.charAt(0).toUpperCase() + id.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Opens an operation to anyone. The guards that close one are in `access/guards.ts`. */
export const anyone = described(
  createMiddleware<Env>((_, next) => next()),
  { access: 'anyone' },
)

/** Returns what was noted of `handler`. */
export const descriptionOf = (handler: object): Description | undefined => descriptions.get(handler)

/** One operation of the app: a method on a path such as `/users/:id`. */
export type Operation = Description & { method: string; path: string; errors: ErrorCode[] }

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
