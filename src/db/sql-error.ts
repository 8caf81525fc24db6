import { DrizzleQueryError } from 'drizzle-orm/errors'
import { meaningOfState, type SqlMeaning } from './sql-states.ts'

/**
 * What the database reports of a failed statement, the same on every driver; `state` is its SQLSTATE. Contains names of the
 * schema's objects, but no value of a row or a parameter.
 */
export type SqlError = { state: string } & Partial<
  Record<'constraint' | 'schema' | 'table' | 'column', string | undefined>
>

// Five characters with a digit among them, so that EPIPE is none (PostgreSQL manual, appendix A).
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/

/** Reads what the database reports in whatever a query threw, or returns null where the database reported nothing. */
export function sqlError(thrown: unknown): SqlError | null {
  const cause = (queryFault(thrown) ?? {}) as Record<string, unknown>
  // Bun.SQL keeps the SQLSTATE in `errno`, every other driver in `code`.
  const state = [cause.errno, cause.code].find((value) => typeof value === 'string' && SQLSTATE.test(value))
  if (typeof state !== 'string') return null
  // postgres.js calls them `table_name` and so on. On Bun every error has a `column`, a number.
  const name = (key: string) =>
    [cause[key], cause[`${key}_name`]].find((value): value is string => typeof value === 'string')
  return {
    state,
    constraint: name('constraint'),
    schema: name('schema'),
    table: name('table'),
    column: name('column'),
  }
}

/** The meaning of a failed query, or null where only a mistake in the code explains it. */
export function meaningOf(thrown: unknown): SqlMeaning | null {
  const state = sqlError(thrown)?.state
  if (state) return meaningOfState(state)
  if (!(thrown instanceof DrizzleQueryError)) return null
  // Drivers report a lost or refused connection without a SQLSTATE, each in its own words.
  const { code = 'no reason given' } = (queryFault(thrown) ?? {}) as { code?: string }
  return { code: 'unavailable', advice: adviceFor(code) }
}

// The codes are those of OpenSSL's checks (verify(1), "Diagnostics"), of Bun.SQL and of Node.
function adviceFor(code: string): string {
  if (/CERT|ISSUER|VERIFY/.test(code))
    return `The certificate of the database server is not trusted (${code}): name its authority in NODE_EXTRA_CA_CERTS (DENO_CERT on Deno), or add sslmode=no-verify to DATABASE_URL.`
  if (code === 'ERR_POSTGRES_TLS_NOT_AVAILABLE')
    return 'The database server offers no TLS: set it up there, or add sslmode=disable to DATABASE_URL if nobody can listen.'
  return `The database does not answer (${code}); check DATABASE_URL, and whether the server runs${code === 'ECONNRESET' ? ' and offers TLS' : ''}.`
}

/** The driver's own error inside Drizzle's, whose message lists the query's parameters and so must never be shown or logged. */
export function queryFault(thrown: unknown): unknown {
  return thrown instanceof DrizzleQueryError ? thrown.cause : thrown
}

/** Says why the database can't be used, in a sentence for whoever sets DATABASE_URL; null where `thrown` is about something else. */
export function explainRefusal(thrown: unknown): string | null {
  const meaning = meaningOf(thrown)
  return meaning?.code === 'unavailable' ? meaning.advice : null
}
