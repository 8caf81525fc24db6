import type { Context } from 'hono'
import { meaningOf, sqlError } from '../db/sql-error.ts'
import { violatedProperty } from '../db/violation.ts'
import { AppError } from '../errors.ts'

/** What callers read when the database can't do its work, whatever the reason. */
export const DATABASE_UNAVAILABLE = 'The database is unavailable; try again shortly.'

/**
 * The error to respond with to a failed query: `conflict`, `invalid` or `unavailable`; null for a mistake of ours. Names the
 * field of the body that a violated constraint is about, and never a value.
 */
export function databaseProblem(thrown: unknown, c: Context): AppError | null {
  const meaning = meaningOf(thrown)
  if (!meaning) return null
  if (meaning.code === 'unavailable') return new AppError('unavailable', DATABASE_UNAVAILABLE)
  const { code, detail } = meaning
  const error = sqlError(thrown)
  const property = error && violatedProperty(error)
  if (property === null || !isInBody(c, property))
    return new AppError(code, code === 'conflict' ? 'This already exists.' : `A value ${detail}.`)
  return new AppError(code, `This ${property} ${detail}.`, {
    errors: [{ pointer: `/${property}`, detail }],
  })
}

// The body as the validator passed it on: a pointer must be one that the caller can look up.
function isInBody(c: Context, property: string): boolean {
  const body: unknown = c.req.valid('json' as never)
  return typeof body === 'object' && body !== null && Object.hasOwn(body, property)
}
