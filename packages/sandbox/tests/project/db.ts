import { type AnyDatabase, type Connection, TestServer } from '@hearth/sandbox'
import { sandboxEveryTest } from '@hearth/sandbox/bun-test'
import { SQL } from 'bun'
import { drizzle as overBunSql } from 'drizzle-orm/bun-sql'
import { drizzle as overPg } from 'drizzle-orm/node-postgres'
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'

const max = Number(process.env.POOL_MAX ?? 10)

const DRIVERS: Record<string, (url: string) => Connection<AnyDatabase>> = {
  'bun-sql'(url) {
    const client = new SQL(url, { max })
    return { db: overBunSql({ client }), close: () => client.close() }
  },
  'postgres-js'(url) {
    const client = postgres(url, { max, onnotice: () => {} })
    return { db: overPostgresJs({ client }), close: () => client.end() }
  },
  pg(url) {
    const client = new pg.Pool({ connectionString: url, max })
    client.on('error', () => {})
    return { db: overPg({ client }), close: () => client.end() }
  },
}

export const connect = DRIVERS[process.env.TEST_DRIVER ?? ''] ?? DRIVERS['bun-sql']
if (!connect) throw new Error('no such driver')

const blueprint = {
  fingerprint: `project 2 ${process.env.EDITION ?? ''}`, // another one builds the database again
  statements: async () => [
    'create table countries (code text primary key, name text not null)',
    "insert into countries values ('fr', 'France'), ('jp', 'Japan')",
    `create table users (id int generated always as identity primary key, name text not null unique,
      country text references countries, created_at timestamptz not null default now(), seen_at timestamptz not null default CURRENT_TIMESTAMP)`,
    'CREATE SCHEMA shop',
    'CREATE ROLE sandbox_project_app; grant usage on schema public to sandbox_project_app',
    `create table notes (id int generated always as identity primary key, owner text not null default current_setting('app.user'),
      created_at timestamptz not null default now(), touched_at timestamp)`,
    `create function touch() returns trigger language plpgsql as $$ begin new.touched_at := LOCALTIMESTAMP; return new; end $$`,
    'create trigger touch before insert on notes for each row execute function touch()',
    `alter table notes enable row level security; create policy own on notes using (owner = current_setting('app.user'));
      grant select, insert on notes to sandbox_project_app`,
    'create table shop.orders (id int primary key, user_id int references users deferrable initially deferred)',
  ],
}

export const server = new TestServer(process.env.TEST_URL, blueprint, connect)
export const db = await sandboxEveryTest(server)

/** Connects past the sandbox, as an app does that was not wired to it. */
export const connectPast = (url = process.env.PAST_URL ?? process.env.TEST_URL ?? '') =>
  (connect as (url: string) => Connection)(url)

/** Runs a statement past the sandbox, on a connection that is open for it alone. */
export async function runPast(statement: string, url?: string): Promise<void> {
  const { db: past, close } = connectPast(url)
  await past.execute(statement)
  await close()
}
