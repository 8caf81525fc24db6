/** Every error that a caller can see. `http/problem.ts` maps each code to a status and a title. */
export type ErrorCode =
  | 'malformed'
  | 'unauthenticated'
  | 'insufficient_user_authentication'
  | 'bad_credentials'
  | 'forbidden'
  | 'registration_closed'
  | 'suspended'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'body_timeout'
  | 'too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'too_many_attempts'
  | 'internal'
  | 'misconfigured'
  | 'unavailable'

/** One rejected part of the input: a JSON pointer (RFC 6901) into the body or the query, and what is wrong there. */
export type FieldError = { pointer: string; detail: string }

/**
 * What may go along with an error: rejected fields, seconds until a retry makes sense, methods that are allowed, how many seconds
 * ago the password must have been given; and for the log alone the reason, without secrets.
 */
export type ErrorExtras = {
  errors?: FieldError[]
  retryAfter?: number
  allow?: string[]
  maxAge?: number
  reason?: string
}

/** The one error the application throws on purpose. `message` is shown to the caller, so it never quotes secrets. */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly extras: ErrorExtras

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message)
    this.code = code
    this.extras = extras
  }
}

/** The error that values which must be unique are taken. */
export function alreadyTaken(fields: string[]): AppError {
  const detail = 'is already taken'
  const message =
    fields.length === 1 ? `This ${fields[0]} ${detail}.` : `Already taken: ${fields.join(', ')}.`
  return new AppError('conflict', message, {
    errors: fields.map((field) => ({ pointer: `/${field}`, detail })),
  })
}

/** Returns the one row that a statement found. Throws `not_found` where there is none that the caller may see. */
export function requireOne<Row>([row]: Row[], noun: string): Row {
  if (row === undefined) throw new AppError('not_found', `There is no such ${noun}.`)
  return row
}
