import { SQL } from 'bun'
import { drizzle } from 'drizzle-orm/bun-sql'
import type { Connection } from './db.ts'
import { type Limits, sessionLimits } from './limits.ts'
import { supervise } from './pool.ts'
import { type Encryption, targetOf } from './url.ts'

const TLS: Record<Encryption, SQL.PostgresOrMySQLOptions['tls']> = {
  off: false,
  preferred: 'prefer',
  unverified: { rejectUnauthorized: false },
  verified: 'verify-full',
}

/**
 * Connects over Bun's own driver; nothing is sent before the first query. With `limits`, which apps that serve requests need,
 * statements end in time, and there are no transactions. Throws `misconfigured`.
 */
export function connect(connectionString: string, limits?: Limits): Connection {
  const { url, encryption, isPooled, session } = targetOf(connectionString)
  const open = () =>
    new SQL(url, {
      max: limits?.size ?? 20,
      connectionTimeout: limits ? limits.statementMs / 1000 : 5,
      idleTimeout: limits?.idleSeconds ?? 0,
      tls: TLS[encryption],
      prepare: !isPooled, // it names statements by number, and behind a pooler the number can be another client's
      connection: { ...session, ...sessionLimits(limits, isPooled) },
    })
  const close = (client: SQL) => client.close({ timeout: 5 })
  if (!limits) {
    const client = open()
    return { db: drizzle({ client }), close: () => close(client) }
  }
  const { client, ...pool } = supervise({ open, close }, limits)
  return { db: drizzle({ client: client as unknown as SQL }), ...pool }
}
