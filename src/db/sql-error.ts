import { DrizzleQueryError } from 'drizzle-orm/errors'

/** What a failed statement says of itself, on every driver alike; `state` is its SQLSTATE. Holds no value of any row or parameter. */
export type SqlError = { state: string; constraint: string | undefined }

// Five characters with a digit among them, so that EPIPE is none (PostgreSQL manual, appendix A).
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/

/** Reads the SQLSTATE and the constraint of whatever a query threw, or returns null where the database said nothing. */
export function sqlError(thrown: unknown): SqlError | null {
  const cause = queryFault(thrown) as Record<string, unknown> | null | undefined
  // Bun.SQL keeps the SQLSTATE in `errno`, every other driver in `code`.
  const state = [cause?.errno, cause?.code].find((value) => typeof value === 'string' && SQLSTATE.test(value))
  if (typeof state !== 'string') return null
  const constraint = [cause?.constraint, cause?.constraint_name].find((value) => typeof value === 'string')
  return { state, constraint: constraint as string | undefined }
}

/** Whether a query failed because the database could not be reached or is in no state to answer: a retry may succeed. */
export function isUnavailable(thrown: unknown): boolean {
  const state = sqlError(thrown)?.state
  // 08 connection, 40 conflict of transactions, 53 out of resources, 55P03 lock, 57 operator intervention.
  if (state) return /^(08|40|53|55P03|57)/.test(state)
  // Drivers report a lost or refused connection without a SQLSTATE, each in its own words.
  return thrown instanceof DrizzleQueryError
}

/** The driver's own error inside Drizzle's, whose message lists the query's parameters and so must never be shown or logged. */
export function queryFault(thrown: unknown): unknown {
  return thrown instanceof DrizzleQueryError ? thrown.cause : thrown
}

const REFUSALS: Record<string, string> = {
  '28000': 'knows no such role',
  '28P01': 'refuses the user or the password',
  '3D000': 'has no database of that name',
  '42501': 'does not let this user do that',
}

/** Says why the database can't be used, in a sentence for whoever sets DATABASE_URL; null where `thrown` is about something else. */
export function explainRefusal(thrown: unknown): string | null {
  const refusal = REFUSALS[sqlError(thrown)?.state ?? '']
  if (refusal) return `The database server ${refusal}; check DATABASE_URL.`
  if (!isUnavailable(thrown)) return null
  const { code = 'no reason given' } = (queryFault(thrown) ?? {}) as { code?: string }
  return `The database does not answer (${code}); check DATABASE_URL, and whether the server runs.`
}
