/*
 * In the sandbox every statement of a test lies in one transaction, in which Postgres's now() stands still. A function of the
 * same name that is found first lets it go on, as it does in production, and lets a test move it. Column defaults are bound
 * to it as well, if the tables are made on a connection that uses the clock.
 */

/** The statements that put the clock into a database. */
export const CREATE_CLOCK = `
create schema sandbox;
create function sandbox.ahead() returns interval language sql stable as $$
  select coalesce(nullif(current_setting('sandbox.ahead', true), '')::interval, '0')
$$;
create function sandbox.now() returns timestamptz language sql stable as $$
  select coalesce(
    nullif(current_setting('sandbox.frozen_at', true), '')::timestamptz,
    nullif(current_setting('sandbox.transaction_at', true), '')::timestamptz,
    statement_timestamp()
  ) + sandbox.ahead()
$$`

/** Makes a session find the clock's now() before Postgres's own, and everything else where it did. */
export const USE_CLOCK = `select set_config('search_path', current_setting('search_path') || ', sandbox, pg_catalog', false)`

/** Between these two statements, or to the next rollback, now() stands still as it does within a transaction. */
export const BEGIN_MOMENT = `select set_config('sandbox.transaction_at', statement_timestamp()::text, true)`
export const END_MOMENT = `select set_config('sandbox.transaction_at', '', true)`
