import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Connection } from './db.ts'

/** Connects over postgres.js, which runs on Deno, Node and Bun. Nothing is sent before the first query. */
export function connect(url: string): Connection {
  const client = postgres(url, {
    max: 20,
    connect_timeout: 5,
    onnotice: () => {},
    // postgres.js awaits this query nowhere: a connection that breaks during it would end the process. Drizzle parses arrays itself.
    fetch_types: false,
  })
  return { db: drizzle({ client }), close: () => client.end({ timeout: 5 }) }
}
