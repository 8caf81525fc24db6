import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import type { AppError } from '../errors.ts'
import type { Env } from './env.ts'
import { respondWithProblem } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

/** The app that answers 503 to every request while the settings cannot be read; only the log says why. */
export function misconfiguredApp(error: AppError): Hono<Env> {
  return new Hono<Env>()
    .use(requestId())
    .use(securityHeaders)
    .onError(respondWithProblem)
    .all('*', () => {
      console.error(`Hearth is not configured: ${error.message}`)
      throw error
    })
}
