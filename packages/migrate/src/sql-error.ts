/** What a failed statement says of itself; `state` is its SQLSTATE. Holds no value of any row. */
export type SqlError = { state: string; constraint: string | undefined }

// Five characters with a digit among them, so that EPIPE is none (PostgreSQL manual, appendix A).
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/

/** Reads the SQLSTATE and the constraint of whatever a query threw, or returns null where the database said nothing. */
export function sqlError(thrown: unknown): SqlError | null {
  const { code, constraint } = (thrown ?? {}) as { code?: unknown; constraint?: unknown }
  if (typeof code !== 'string' || !SQLSTATE.test(code)) return null
  return { state: code, constraint: typeof constraint === 'string' ? constraint : undefined }
}

/** Whether the connection was lost, or the server ended it. */
export function isLost(thrown: unknown): boolean {
  const state = sqlError(thrown)?.state
  if (state) return /^(08|57P)/.test(state)
  const { code = '', message = '' } = (thrown ?? {}) as { code?: string; message?: string }
  return (
    /^(ECONN|EPIPE|ETIMEDOUT)/.test(code) ||
    /Connection terminated|not queryable|Client was closed/.test(message)
  )
}

const REFUSALS: Record<string, string> = {
  '28000': 'knows no such role',
  '28P01': 'refuses the user or the password',
  '3D000': 'has no database of that name',
  '42501': 'does not let this user do that',
}

/** Says why there is no connection, in a sentence for whoever sets DATABASE_URL. */
export function explainRefusal(thrown: unknown): string {
  const state = sqlError(thrown)?.state ?? ''
  const refusal = REFUSALS[state] ?? (state && `refuses the connection (SQLSTATE ${state})`)
  if (refusal) return `The database server ${refusal}; check DATABASE_URL.`
  const { code = 'no answer in time' } = thrown as { code?: string }
  return `The database does not answer (${code}); check DATABASE_URL, and whether the server runs.`
}
