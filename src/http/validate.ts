import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import type * as z from 'zod'
import { AppError, type FieldError } from '../errors.ts'
import { readBody } from './body.ts'
import { described } from './describe.ts'

/**
 * Validates a JSON body. Throws `unsupported_media_type` for any other type, `malformed` for what is no UTF-8 or no JSON,
 * and `invalid`, which names every rejected field.
 */
export function validateBody<Schema extends z.ZodType>(schema: Schema) {
  const validator = zValidator('json', schema, rejectInvalid)
  const strict: typeof validator = async (c, next) => {
    await assertJsonBody(c)
    return validator(c, next)
  }
  return described(strict, {
    body: schema,
    errors: ['malformed', 'too_large', 'unsupported_media_type', 'invalid'],
  })
}

/** Validates the query string. Throws `invalid`, which names every rejected key; unknown and repeated keys are rejected. */
export function validateQuery<Schema extends z.ZodObject>(schema: Schema) {
  const validator = zValidator('query', schema, rejectInvalid)
  return described(validator, { query: schema, errors: ['invalid'] })
}

// Hono's validator takes a body of another type for {}, and mends broken UTF-8 silently.
async function assertJsonBody(c: Context): Promise<void> {
  const [type = ''] = (c.req.header('Content-Type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new AppError('unsupported_media_type', 'Send the body as application/json.')
  }
  const bytes = await readBody(c)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new AppError('malformed', 'The body is not valid UTF-8.')
  }
}

type Outcome = { success: boolean; error?: z.core.$ZodError; target: string }

function rejectInvalid(outcome: Outcome): void {
  if (!outcome.error) return
  const subject = outcome.target === 'json' ? 'body' : 'query'
  const errors = outcome.error.issues.flatMap(fieldErrors)
  throw new AppError('invalid', `The ${subject} is not valid; see errors.`, { errors })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: issue.message }]
  return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: 'is not a known field' }))
}

// RFC 6901, section 3. A key can hold half of a surrogate pair, which no JSON text may.
const pointer = (path: PropertyKey[]) =>
  path.map((key) => `/${String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
