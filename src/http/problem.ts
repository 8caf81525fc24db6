import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { isUnavailable, sqlError } from '../db/sql-error.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import type { Env } from './env.ts'

const PROBLEMS = {
  malformed: { status: 400, title: 'Malformed request' },
  unauthenticated: { status: 401, title: 'Sign-in required' },
  bad_credentials: { status: 401, title: 'Wrong user name or password' },
  forbidden: { status: 403, title: 'Not allowed' },
  registration_closed: { status: 403, title: 'Registration is closed' },
  suspended: { status: 403, title: 'Account suspended' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
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

/** Answers any thrown value as problem+json (RFC 9457). What the app did not foresee says nothing of itself. */
export function respondWithProblem(thrown: unknown, c: Context<Env>): Response {
  const error = asAppError(thrown)
  const { status, title } = problems[error.code]
  const { errors, retryAfter, allow } = error.extras
  if (status === 401) c.header('WWW-Authenticate', 'Bearer')
  if (status === 503 || status === 429) c.header('Retry-After', String(retryAfter ?? 1))
  if (allow) c.header('Allow', allow.join(', '))
  const body = {
    type: `urn:hearth:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    ...(errors && { errors }),
    instance: URL.parse(c.req.url)?.pathname ?? '/', // Hono's path is decoded, and no URI (RFC 9457, section 3.1.5)
    requestId: c.var.requestId,
  }
  return c.json(body, status, { 'Content-Type': 'application/problem+json' })
}

function asAppError(thrown: unknown): AppError {
  // A missing setting is the operator's to read in the log, not the caller's.
  if (thrown instanceof AppError && thrown.code === 'misconfigured')
    return new AppError('misconfigured', 'The service is not configured.')
  if (thrown instanceof AppError) return thrown
  // The only one that reaches us is Hono's validator on JSON that does not parse.
  if (thrown instanceof HTTPException && thrown.status === 400)
    return new AppError('malformed', 'The body is not valid JSON.')
  const sql = sqlError(thrown)
  if (sql?.state === '23505') return takenError(sql.constraint)
  if (isUnavailable(thrown))
    return new AppError('unavailable', 'The database does not answer; try again shortly.')
  return new AppError('internal', 'Something went wrong on our side.')
}

// Drizzle names a unique constraint table_column_unique; Postgres alone can tell, without a race, which one was broken.
function takenError(constraint = ''): AppError {
  const column = /^[a-z]+_(\w+)_unique$/.exec(constraint)?.[1]
  if (!column) return new AppError('conflict', 'This already exists.')
  return new AppError('conflict', `This ${column} is already taken.`, {
    errors: [{ pointer: `/${column}`, detail: 'is already taken' }],
  })
}
