import type { PoolClient } from 'pg'
import { type Address, cancelUntil } from './cancel.ts'
import { HttpError } from './errors.ts'
import { type Outcome, runStatement, type Statement } from './statement.ts'

/** A Postgres session lent to one HTTP request. */
export type Session = {
  /** Runs one statement. Rejects with a `DatabaseError`, or with an `HttpError` when the answer grows too large. */
  run: (statement: Statement) => Promise<Outcome>
  /** Stops what runs and refuses what would come; the session is closed when it is given back. */
  cancel: () => void
  /** Gives the session back. The next request gets it as if it were new, or not at all. */
  release: () => void
}

/** Wraps a connection from a pool. `maxBytes` is the limit of all rows together. */
export function lend(client: PoolClient, upstream: Address, maxBytes: number): Session {
  let isCancelled = false
  let running: Promise<Outcome> | undefined
  let bytes = 0

  function cancel(): void {
    if (isCancelled) return
    isCancelled = true
    if (running) cancelling = cancelUntil(running, upstream, backendKey(client))
  }
  let cancelling = Promise.resolve()

  function count(rowBytes: number): void {
    bytes += rowBytes
    if (bytes <= maxBytes) return
    cancel()
    throw new HttpError(507, `response is too large (max is ${maxBytes} bytes)`)
  }

  return {
    run(statement) {
      if (isCancelled) return Promise.reject(cancelled())
      running = runStatement(client, statement, count).catch((error) => {
        throw isCancelled && !(error instanceof HttpError) ? cancelled() : error
      })
      return running
    },
    cancel,
    release() {
      // A cancel request may still be on its way: it must not hit the next query on this connection.
      if (isCancelled) cancelling.finally(() => client.release(true))
      else
        reset(client).then(
          () => client.release(),
          () => client.release(true),
        )
    },
  }
}

// Neon's proxy rolls back and resets everything that a session can hold; DISCARD ALL is that list in one command.
async function reset(client: PoolClient): Promise<void> {
  try {
    await client.query('discard all')
  } catch {
    await client.query('rollback') // DISCARD ALL is refused inside a transaction
    await client.query('discard all')
  }
}

function backendKey(client: PoolClient): Uint8Array {
  const { processID, secretKey } = client as PoolClient & { processID: number; secretKey: number }
  const key = Buffer.alloc(8)
  key.writeInt32BE(processID, 0)
  key.writeInt32BE(secretKey, 4)
  return key
}

const cancelled = () => new HttpError(400, 'Query cancelled, connection was terminated', '08P01')
