/*
 * In the sandbox every statement of a test lies in one transaction, in which Postgres's clock stops. Functions of the same
 * names that are found first let it go on, as it does in production, and let a test move it. Column defaults are bound to
 * them as well, if the tables are made on a connection that uses the clock. CURRENT_TIMESTAMP and its like are keywords, not
 * functions: `rewriteClock` in statements.ts turns them into calls of functions of the same names.
 */

const setting = (name: string, type: string) =>
  `nullif(pg_catalog.current_setting('sandbox.${name}', true), '')::${type}`

const clockFunction = (name: string, type: string, body: string, parameters = '') =>
  `create function sandbox.${name}(${parameters}) returns ${type} language sql ${name === 'clock_timestamp' ? 'volatile' : 'stable'} as $$ select ${body} $$;`

const moving = (moment: string) =>
  `coalesce(${setting('frozen_at', 'timestamptz')}, ${moment}) + sandbox.ahead()`
// What a precision leaves of a moment: whole seconds and so many digits.
const ROUNDED = 'to_timestamp(round(extract(epoch from sandbox.now()), $1))'

/** The keywords that are calls in the sandbox, and what they return. */
export const CLOCK_KEYWORDS = {
  current_timestamp: 'timestamptz',
  current_date: 'date',
  current_time: 'timetz',
  localtimestamp: 'timestamp',
  localtime: 'time',
} as const

/** The statements that put the clock into a database. Every role may use it: tests of row-level security change theirs. */
export const CREATE_CLOCK = [
  'create schema sandbox; grant usage on schema sandbox to public;',
  clockFunction('ahead', 'interval', `coalesce(${setting('ahead', 'interval')}, '0')`),
  clockFunction(
    'now',
    'timestamptz',
    moving(`coalesce(${setting('transaction_at', 'timestamptz')}, pg_catalog.statement_timestamp())`),
  ),
  clockFunction('transaction_timestamp', 'timestamptz', 'sandbox.now()'),
  clockFunction('statement_timestamp', 'timestamptz', moving('pg_catalog.statement_timestamp()')),
  clockFunction('clock_timestamp', 'timestamptz', moving('pg_catalog.clock_timestamp()')),
  ...Object.entries(CLOCK_KEYWORDS).flatMap(([name, type]) => [
    clockFunction(`"${name}"`, type, `sandbox.now()::${type}`),
    clockFunction(`"${name}"`, type, `${ROUNDED}::${type}`, 'digits int'),
  ]),
].join('\n')

/** Makes a session find the clock's functions before Postgres's own, and everything else where it did. */
export const USE_CLOCK = `select set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), 'sandbox, pg_catalog'), false)`

/** Between these two statements, or to the next rollback, now() is constant, as it is within a transaction. */
export const BEGIN_MOMENT = `select set_config('sandbox.transaction_at', pg_catalog.statement_timestamp()::text, true)`
export const END_MOMENT = `select set_config('sandbox.transaction_at', '', true)`
