import type { Credentials, Pools } from './pools.ts'

// The functions of Neon's extension pg_session_jwt that policies use. Where the extension or functions of the same names
// exist already, nothing is changed: they read the same setting (pg_session_jwt's fallback, which is also PostgREST's).
const AUTH_SCHEMA = `
do $do$
begin
  perform pg_advisory_xact_lock(hashtext('neon-local: schema auth'));
  if to_regprocedure('auth.user_id()') is not null then
    return;
  end if;
  create schema if not exists auth;
  create function auth.session() returns jsonb language sql stable as
    $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
  create function auth.user_id() returns text language sql stable as $$ select auth.session() ->> 'sub' $$;
  create function auth.uid() returns uuid language sql stable as $$ select auth.user_id()::uuid $$;
  grant usage on schema auth to public;
end
$do$`

/** Creates `auth.session()`, `auth.user_id()` and `auth.uid()` in a database unless it has them. Rejects with its error. */
export async function createAuthSchema(pools: Pools, credentials: Credentials): Promise<void> {
  const client = await pools.acquire(credentials)
  try {
    await client.query(AUTH_SCHEMA)
  } finally {
    client.release()
  }
}
