import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import type { AnyDatabase, AnyTransaction } from './drizzle.ts'

/** Where the statements of a test go: to its own transaction, or to a separate database. */
export interface Target {
  /** Runs one statement, whose SQL is `query`, outside of any transaction that the app knows of. */
  statement<T>(query: string, run: (db: AnyDatabase) => Promise<T>): Promise<T>
  /** Runs a transaction of the app. */
  transaction<T>(run: (tx: AnyTransaction) => Promise<T>, config?: PgTransactionConfig): Promise<T>
}
