/**
 * What a SQLSTATE means. For a caller: the error code, and for `conflict` and `invalid` what is wrong with the field. For the
 * operator: `advice`, a sentence about what to do, which only the log and the tools show.
 */
export type SqlMeaning =
  | { code: 'conflict' | 'invalid'; detail: string }
  | { code: 'unavailable'; advice: string }

const invalid = (detail: string): SqlMeaning => ({ code: 'invalid', detail })
const unavailable = (advice: string): SqlMeaning => ({ code: 'unavailable', advice })

/** What to do about a database that can only be read. */
export const READ_ONLY_ADVICE =
  'The database is read-only: after a failover, point DATABASE_URL at the primary.'

/** What to do about a transaction pooler that nothing marks as one. */
export const POOLER_ADVICE =
  'The server behaves like a transaction pooler: add pgbouncer=true to the parameters of DATABASE_URL.'

const BEHIND = unavailable('The database is behind the code: run make migrate-up.')
const REFUSED = unavailable('The database server refuses the user or the password; check DATABASE_URL.')

/** By SQLSTATE or by class, its first two characters (PostgreSQL manual, appendix A). Any other state is our mistake. */
const MEANINGS: Record<string, SqlMeaning> = {
  '22001': invalid('is too long'),
  '22003': invalid('is out of range'),
  '22007': invalid('is not a date or time'),
  '22008': invalid('is out of range'),
  '22021': invalid('contains characters that cannot be stored'),
  '22P02': invalid('has the wrong form'),
  '22P05': invalid('contains characters that cannot be stored'),
  '23001': invalid('is still in use'),
  '23502': invalid('is required'),
  '23503': invalid('refers to something that does not exist'),
  '23505': { code: 'conflict', detail: 'is already taken' },
  '23514': invalid('is not allowed'),
  '23P01': { code: 'conflict', detail: 'conflicts with an existing one' },
  '08': unavailable('The connection to the database broke; check whether the server runs.'),
  '08P01': unavailable(POOLER_ADVICE),
  '25006': unavailable(READ_ONLY_ADVICE),
  '28': REFUSED,
  '28000': unavailable('The database server does not let this user in; check DATABASE_URL.'),
  '3D000': unavailable('The database server has no database of that name; check DATABASE_URL.'),
  '40': unavailable('The statement lost a conflict with another transaction.'),
  '42501': unavailable(
    'The database server does not let this user do that; check DATABASE_URL and what the user is granted.',
  ),
  '42703': BEHIND,
  '42P01': BEHIND,
  '53': unavailable('The database server lacks connections, memory or disk space; look at its log.'),
  '55P03': unavailable('Another session holds a lock; look at pg_stat_activity.'),
  '57': unavailable('The database server stopped, or ended the statement; look at its log.'),
  '58': unavailable('The database server has a system error; look at its log.'),
}

/** The meaning of a SQLSTATE, or null for a state that only a mistake in the code explains. */
export const meaningOfState = (state: string): SqlMeaning | null =>
  MEANINGS[state] ?? MEANINGS[state.slice(0, 2)] ?? null
