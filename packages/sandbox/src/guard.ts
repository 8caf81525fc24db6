import { type AnyTransaction, internals } from './drizzle.ts'
import { rewriteClock } from './statements.ts'

/** What a sandbox does around the statements of the app's own transaction. */
export type Guard = {
  /** Sees a statement before it runs, and throws to refuse it. */
  admit: (query: string) => void
  /** Runs a statement. */
  around: <T>(run: () => Promise<T>) => Promise<T>
}

/** Returns `tx` as the app may have it, with `guard` around every statement. */
export function guardTransaction(tx: AnyTransaction, guard: Guard): AnyTransaction {
  const { session } = internals(tx)
  const prepareQuery: typeof session.prepareQuery = (query, ...rest) => {
    guard.admit(query.sql)
    const prepared = session.prepareQuery({ ...query, sql: rewriteClock(query.sql) }, ...rest)
    const execute = prepared.execute.bind(prepared)
    return Object.assign(prepared, {
      execute: (...values: Parameters<typeof execute>) => guard.around(() => execute(...values)),
    })
  }
  const transaction = (run: (nested: AnyTransaction) => Promise<unknown>) =>
    tx.transaction((nested) => run(guardTransaction(nested, guard)))
  // Drivers share a session among transactions, so it is extended here, not changed.
  return Object.create(tx, {
    session: { value: Object.create(session, { prepareQuery: { value: prepareQuery } }) },
    transaction: { value: transaction },
  })
}
