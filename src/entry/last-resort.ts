import { sqlError } from '../db/sql-error.ts'

/**
 * One line about an error that nothing caught: its name, its code or SQLSTATE, and the place that threw it. Messages and
 * stack traces of drivers quote the values of rows and parameters, so the line contains neither.
 */
export function describeUncaught(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : null
  const { code } = (error ?? {}) as { code?: unknown }
  const state = sqlError(thrown)?.state
  const reason = state ? `SQLSTATE ${state}` : isCode(code) ? code : null
  return `Uncaught ${[error?.name ?? typeof thrown, reason].filter(Boolean).join(', ')}${placeOf(error)}`
}

// Codes are names such as ECONNRESET; anything else may be a value.
const isCode = (code: unknown): code is string => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)

// The first place in the stack trace, which quotes the message before it.
function placeOf(error: Error | null): string {
  const trace = error?.stack?.replace(error.message, '') ?? ''
  const [, place] = /\n\s+at [^\n]*?([^/\s(]+:\d+:\d+)\)?(?=\n|$)/.exec(trace) ?? []
  return place ? ` at ${place}` : ''
}
