import { SQL } from 'bun'
import { drizzle } from 'drizzle-orm/bun-sql'
import type { Connection } from './db.ts'

/** Connects over Bun's own driver. Nothing is sent before the first query. */
export function connect(url: string): Connection {
  const client = new SQL(url, { max: 20, connectionTimeout: 5 })
  return { db: drizzle({ client }), close: () => client.close({ timeout: 5 }) }
}
