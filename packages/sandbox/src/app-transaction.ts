import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import { BEGIN_MOMENT, END_MOMENT } from './clock.ts'
import type { TestConnection } from './connection.ts'
import { type AnyTransaction, send } from './drizzle.ts'
import { guardTransaction } from './guard.ts'
import { localSettings, resetLocal } from './settings.ts'
import { during, type Turn } from './turns.ts'

/** A transaction of the app: its callback, the config that the app gives, and what sees each statement before it runs. */
export type AppTransaction<T> = {
  run: (tx: AnyTransaction) => Promise<T>
  config: PgTransactionConfig | undefined
  admit: (query: string) => void
}

/** Runs a transaction of the app in a savepoint on `connection`, whose time, settings and constraints end as those of one do. */
export function runTransaction<T>(
  connection: TestConnection,
  turn: Turn,
  { run, config, admit }: AppTransaction<T>,
): Promise<T> {
  const settings = new Set<string>()
  const callback = async (tx: AnyTransaction) => {
    try {
      if (config?.accessMode === 'read only') await send(tx, 'set transaction read only')
      await send(tx, BEGIN_MOMENT)
      const guarded = guardTransaction(tx, {
        admit(query) {
          admit(query)
          connection.note(query)
          for (const name of localSettings(query)) settings.add(name)
        },
        around: (statement) => during(turn, statement),
      })
      const result = await run(guarded)
      await connection.checkDeferred(tx)
      await resetLocal(tx, settings)
      await send(tx, END_MOMENT)
      return result
    } catch (error) {
      await connection.examine(error)
      throw error
    } finally {
      // A driver would roll back now; postgres.js writes to the closed socket then and throws where nobody can catch it.
      if (connection.isBroken) await new Promise(() => {})
    }
  }
  return Promise.race([connection.tx.transaction(callback), connection.lost])
}
