import { type AnyTransaction, internals } from './drizzle.ts'

/** Returns `tx` as the app may have it: `admit` sees the SQL of every statement before it runs, and throws to refuse it. */
export function guardTransaction(tx: AnyTransaction, admit: (query: string) => void): AnyTransaction {
  const { session } = internals(tx)
  const prepareQuery: typeof session.prepareQuery = (query, ...rest) => {
    admit(query.sql)
    return session.prepareQuery(query, ...rest)
  }
  const transaction = (run: (nested: AnyTransaction) => Promise<unknown>) =>
    tx.transaction((nested) => run(guardTransaction(nested, admit)))
  // Drivers share a session among transactions, so it is extended here, not changed.
  return Object.create(tx, {
    session: { value: Object.create(session, { prepareQuery: { value: prepareQuery } }) },
    transaction: { value: transaction },
  })
}
