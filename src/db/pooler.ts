import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { POOLER_ADVICE } from './sql-states.ts'
import { targetOf } from './url.ts'

/**
 * Returns what to set, in a sentence, when the server of `connectionString` forgets the settings that a connection begins with,
 * as transaction poolers do; null otherwise. `db` is connected to it with limits.
 */
export async function explainForgetfulness(db: Db, connectionString: string): Promise<string | null> {
  if (targetOf(connectionString).isPooled) return null
  const [found] = await db
    .select({ statementTimeout: sql<string>`current_setting('statement_timeout')` })
    .from(sql`(select) as nothing`)
  return found?.statementTimeout === '0' ? POOLER_ADVICE : null
}
