import type { Context, TypedResponse } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { queryFault } from '../db/sql-error.ts'
import { AppError, type ErrorCode, type FieldError } from '../errors.ts'
import { databaseProblem } from './database-problem.ts'
import type { Env } from './env.ts'

const PROBLEMS = {
  malformed: { status: 400, title: 'Malformed request' },
  unauthenticated: { status: 401, title: 'Sign-in required' },
  insufficient_user_authentication: { status: 401, title: 'Password wanted again' },
  bad_credentials: { status: 401, title: 'Wrong user name or password' },
  forbidden: { status: 403, title: 'Not allowed' },
  registration_closed: { status: 403, title: 'Registration is closed' },
  suspended: { status: 403, title: 'Account suspended' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  body_timeout: { status: 408, title: 'Body too slow' },
  conflict: { status: 409, title: 'Already taken' },
  too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  invalid: { status: 422, title: 'Invalid input' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'Internal error' },
  misconfigured: { status: 503, title: 'Not configured' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<ErrorCode, { status: number; title: string }>

/** The HTTP status and title of each error code. */
export const problems: Record<ErrorCode, (typeof PROBLEMS)[ErrorCode]> = PROBLEMS

/** The URN of an error code, which problems have as their `type`. */
export const typeOf = <Code extends ErrorCode>(code: Code) => `urn:hearth:problem:${code}` as const

/** The body of the response to an error. */
export type Problem<Code extends ErrorCode = ErrorCode> = {
  type: `urn:hearth:problem:${Code}`
  title: string
  status: number
  detail: string
  errors?: FieldError[]
  instance: string
  requestId: string
}

/** The type of the responses to errors, one for each code: Hono's typed client knows them by their status. */
export type Refusal<Code extends ErrorCode> = Code extends ErrorCode
  ? TypedResponse<Problem<Code>, (typeof PROBLEMS)[Code]['status'], 'json'>
  : never

/** Responds to any thrown value with problem+json (RFC 9457). Unexpected errors reveal nothing. */
export const respondWithProblem = (thrown: unknown, c: Context<Env>): Response =>
  respond(asAppError(thrown) ?? databaseProblem(thrown, c) ?? INTERNAL, c)

const INTERNAL = new AppError('internal', 'Something went wrong on our side.')

function respond(error: AppError, c: Context<Env>): Response {
  const { status, title } = problems[error.code]
  const { errors, retryAfter, allow, maxAge } = error.extras
  if (status === 401) c.header('WWW-Authenticate', challengeOf(error.code, maxAge))
  if (status === 503 || status === 429) c.header('Retry-After', String(retryAfter ?? 1))
  if (allow) c.header('Allow', allow.join(', '))
  if (status === 408) c.header('Connection', 'close') // RFC 9110, section 15.5.9
  const body: Problem = {
    type: typeOf(error.code),
    title,
    status,
    detail: error.message,
    ...(errors && { errors }),
    instance: instanceOf(c),
    requestId: c.var.requestId,
  }
  return c.json(body, status, { 'Content-Type': 'application/problem+json' })
}

// RFC 6750, section 3, and RFC 9470, section 3
const challengeOf = (code: ErrorCode, maxAge?: number) =>
  maxAge === undefined ? 'Bearer' : `Bearer error="${code}", max_age=${maxAge}`

// Hono's path is decoded, and not a URI (RFC 9457, section 3.1.5). A single-use token in it is a secret.
function instanceOf(c: Context<Env>): string {
  const path = URL.parse(c.req.url)?.pathname ?? '/'
  const token: string | undefined = c.req.param('token' as never)
  return token ? path.slice(0, path.lastIndexOf('/')) : path
}

function asAppError(error: unknown): AppError | null {
  const thrown = queryFault(error) // the pool's own errors come wrapped, like the driver's
  // A missing setting is the operator's to read in the log, not the caller's.
  if (thrown instanceof AppError && thrown.code === 'misconfigured')
    return new AppError('misconfigured', 'The service is not configured.')
  if (thrown instanceof AppError) return thrown
  // The only one that reaches us is Hono's validator on JSON that does not parse.
  if (thrown instanceof HTTPException && thrown.status === 400)
    return new AppError('malformed', 'The body is not valid JSON.')
  return null
}
