/*
 * In the sandbox every statement of a test lies in one transaction, where Postgres's `now()` stands still. A function of the
 * same name that is found first lets it go on as it does in production, and lets a test move it. Column defaults are bound
 * to it as well, if the tables are made on a connection that uses the clock.
 */

/** The statements that put the clock into a database. */
export const CREATE_CLOCK = `
create schema if not exists sandbox;
create or replace function sandbox.now() returns timestamptz language sql stable as $$
  select coalesce(nullif(current_setting('sandbox.now', true), '')::timestamptz, statement_timestamp())
    + coalesce(nullif(current_setting('sandbox.ahead', true), '')::interval, '0')
$$`

/** Makes a session find the clock's now() before Postgres's own, and find everything else where it did. */
export const USE_CLOCK = `select set_config('search_path', current_setting('search_path') || ', sandbox, pg_catalog', false)`

/** Stops the clock until `START_CLOCK` or a rollback: within one transaction of the app, time stands still. */
export const STOP_CLOCK = `select set_config('sandbox.now', statement_timestamp()::text, true)`
export const START_CLOCK = `select set_config('sandbox.now', '', true)`
