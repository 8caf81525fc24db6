import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Connection } from './db.ts'
import { type Limits, sessionLimits } from './limits.ts'
import { supervise } from './pool.ts'
import { type Encryption, targetOf } from './url.ts'

type Client = postgres.Sql

const TLS: Record<Encryption, postgres.Options<never>['ssl']> = {
  off: false,
  preferred: 'prefer',
  unverified: { rejectUnauthorized: false },
  verified: 'verify-full',
}

/**
 * Connects over postgres.js, which runs on Deno, Node and Bun; nothing is sent before the first query. With `limits`, which apps
 * that serve requests need, statements end in time, and there are no transactions. Throws `misconfigured`.
 */
export function connect(connectionString: string, limits?: Limits): Connection {
  const { url, encryption, isPooled, session } = targetOf(connectionString)
  const open = () => {
    const client = postgres(url, {
      max: limits?.size ?? 20,
      connect_timeout: limits ? limits.statementMs / 1000 : 5,
      idle_timeout: limits?.idleSeconds,
      backoff: () => 0, // a server that was away for a while must be found as soon as it is back
      ssl: TLS[encryption],
      prepare: !isPooled,
      connection: { ...session, ...sessionLimits(limits, isPooled) },
      onnotice: () => {},
      // postgres.js awaits this query nowhere: a connection that breaks during it would end the process. Drizzle parses arrays itself.
      fetch_types: false,
    })
    drizzle({ client }) // sets the client's parsers
    return client
  }
  const close = (client: Client) => client.end({ timeout: 5 })
  if (!limits) {
    const client = open()
    return { db: drizzle({ client }), close: () => close(client) }
  }
  const { client, ...pool } = supervise({ open, close }, limits)
  return { db: drizzle({ client: client as unknown as Client }), ...pool }
}
