import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import type * as z from 'zod'
import { AppError, type FieldError } from '../errors.ts'
import type { Env } from './env.ts'
import { described, type Schema } from './operations.ts'
import { oncePerConfig } from './per-config.ts'

/**
 * Validates a JSON body. Throws `unsupported_media_type` for any other type or encoding, `malformed` for bytes that are not
 * UTF-8 or not JSON, and `invalid`, which names the rejected fields.
 */
export function validateBody<Kind extends z.ZodType>(schema: Schema<Kind>) {
  const validatorOf = oncePerConfig((config) =>
    zValidator('json', typeof schema === 'function' ? schema(config) : schema, rejectInvalid),
  )
  const validate: ReturnType<typeof validatorOf> = async (c, next) => {
    await assertJsonBody(c)
    return validatorOf((c as Context<Env>).env.config)(c, next)
  }
  return described(validate, {
    body: schema,
    errors: ['malformed', 'body_timeout', 'too_large', 'unsupported_media_type', 'invalid'],
  })
}

/** Validates the query string. Throws `invalid`, which names the rejected keys; unknown and repeated keys are rejected. */
export function validateQuery<Kind extends z.ZodObject>(schema: Kind) {
  const validator = zValidator('query', schema, rejectInvalid)
  return described(validator, { query: schema, errors: ['invalid'] })
}

/** Validates the parameters of the path. Throws `not_found`, since no resource can have such an address. */
export function validatePath<Kind extends z.ZodObject>(schema: Kind) {
  const validator = zValidator('param', schema, ({ success }) => {
    if (!success) throw new AppError('not_found', 'There is no resource at this address.')
  })
  return described(validator, { params: schema, errors: ['not_found'] })
}

// Hono's validator takes a body of another type for {}, and repairs broken UTF-8 silently.
async function assertJsonBody(c: Context): Promise<void> {
  const [type = ''] = (c.req.header('Content-Type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json')
    throw new AppError('unsupported_media_type', 'Send the body as application/json.')
  const encoding = c.req.header('Content-Encoding')?.trim().toLowerCase() || 'identity'
  if (encoding !== 'identity')
    throw new AppError('unsupported_media_type', 'Send the body without a Content-Encoding.')
  const bytes = await c.req.arrayBuffer()
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new AppError('malformed', 'The body is not valid UTF-8.')
  }
}

type Outcome = { success: boolean; error?: z.core.$ZodError; target: string }

// A body of 64 KiB can hold thousands of mistakes; the answer should not be larger than the question.
const MOST_ERRORS = 20

function rejectInvalid(outcome: Outcome): void {
  if (!outcome.error) return
  const subject = outcome.target === 'json' ? 'body' : 'query'
  throw rejected(subject, outcome.error.issues.flatMap(fieldErrors))
}

/** The error `invalid` about the body or the query, with the first of `errors`. */
export const rejected = (subject: 'body' | 'query', errors: FieldError[]): AppError =>
  new AppError('invalid', `The ${subject} is not valid; see errors.`, {
    errors: errors.slice(0, MOST_ERRORS),
  })

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: issue.message }]
  return issue.keys.map((key) => unknownField([...issue.path, key]))
}

/** The error about a key that the body or the query must not have. */
export const unknownField = (path: PropertyKey[]): FieldError => ({
  pointer: pointer(path),
  detail: 'is not a known field',
})

// RFC 6901, section 3. A key can hold half of a surrogate pair, which no JSON text may.
const pointer = (path: PropertyKey[]) =>
  path.map((key) => `/${String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
