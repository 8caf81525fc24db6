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
