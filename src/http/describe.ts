import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Env } from './env.ts'

/** What one handler or middleware contributes to the description of its operation in OpenAPI. */
export type Description = {
  summary?: string
  success?: { status: number; schema?: z.ZodType; description?: string }
  body?: z.ZodType
  query?: z.ZodObject
  signedIn?: boolean
  errors?: ErrorCode[]
}

const descriptions = new WeakMap<object, Description>()

/** Notes for OpenAPI what `handler` does, and returns it unchanged. */
export function described<Handler extends MiddlewareHandler>(
  handler: Handler,
  description: Description,
): Handler {
  descriptions.set(handler, description)
  return handler
}

/** What was noted of `handler`. */
export const descriptionOf = (handler: object): Description => descriptions.get(handler) ?? {}

/** Names an operation for OpenAPI: a summary, its success status and body, and errors that its middleware does not add. */
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
