import { type AnyDatabase, type AnyTransaction, internals } from './drizzle.ts'
import { isOver } from './turns.ts'

const ROLLBACK = Symbol('rollback')
const LOST_MS = 500

/** A transaction of a driver that is held open. */
export type HeldTransaction = {
  tx: AnyTransaction
  /** Ends it and gives its connection back to the driver's pool; `isLost`: the connection does not work any more. */
  release: (isLost: boolean) => Promise<void>
  /** Calls back when its connection is lost, if the driver says so. */
  onLost: (listener: () => void) => void
}

/** Begins a transaction on a connection of `db`'s pool and holds it open. */
export async function holdTransaction(db: AnyDatabase): Promise<HeldTransaction> {
  const opened = Promise.withResolvers<AnyTransaction>()
  const gate = Promise.withResolvers<never>()
  gate.promise.catch(() => {})
  const ended = db
    .transaction((tx) => {
      opened.resolve(tx)
      return gate.promise
    })
    .catch((error: unknown) => opened.reject(error))
  const tx = await opened.promise
  return {
    tx,
    async release(isLost) {
      // postgres.js ends it itself; given a rollback, it would write to a closed socket and throw where nobody can catch it.
      if (isLost && (await isOver(ended, LOST_MS))) return
      gate.reject(ROLLBACK)
      await ended
    },
    onLost(listener) {
      ended.then(listener) // postgres.js ends its transaction
      // A client of node-postgres that is in use ends the process when its connection breaks and nobody listens.
      const { client } = internals(tx).session as unknown as { client?: { on?: unknown } }
      if (typeof client?.on === 'function') client.on('error', listener)
    },
  }
}
