import type { TestConnection } from './connection.ts'
import type { Control } from './control.ts'
import { isOver, type Turns } from './turns.ts'

const GRACE_MS = 500

/** The report for a query that waits for a transaction that waits for the query. */
export const DEADLOCK =
  "waits for itself: a query waits for a `db.transaction` that runs nothing, most likely because its callback waits for that query, through a request to the app's own server for example. In production they would run on two connections."

/**
 * Ends the work that a test left running. Returns what to report, and whether the connection had to be given up: a statement
 * that hangs is cancelled, but a transaction whose callback never ends is left with a dead connection.
 */
export async function endWork(
  turns: Turns,
  connection: TestConnection | undefined,
  control: Control,
): Promise<{ report: string | null; isAbandoned: boolean }> {
  const { ended, current, pending } = turns
  if (connection?.isBroken) return { report: null, isAbandoned: true } // what waits for it may wait forever
  if (!connection || (await isOver(ended, GRACE_MS))) {
    await ended
    return { report: 'ended while a query was still running: an await is missing.', isAbandoned: false }
  }
  const { pid } = connection
  const hanging = await control.describe(pid)
  await control.cancel(pid)
  const isEnded = await isOver(ended, GRACE_MS)
  if (!isEnded) {
    connection.giveUp()
    turns.abandon()
    await control.terminate(pid)
  }
  const within = current?.isTransaction ? ', inside `db.transaction`' : ''
  const report = hanging
    ? `ended while ${hanging} was still running${within}. It was cancelled.`
    : current?.isTransaction && current.running === 0 && pending > 1
      ? DEADLOCK
      : 'ended while its `db.transaction` was still open: its callback waits for something else.'
  return { report, isAbandoned: !isEnded }
}
