import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import type { AppError } from '../errors.ts'
import type { Env } from './env.ts'
import { respondWithProblem } from './problem.ts'

/** What answers in the app's stead where its settings can't be read: 503 to every request, and the reason in the log alone. */
export function misconfiguredApp(error: AppError): Hono<Env> {
  return new Hono<Env>()
    .use(requestId())
    .onError(respondWithProblem([]))
    .all('*', () => {
      console.error(`Hearth is not configured: ${error.message}`)
      throw error
    })
}
