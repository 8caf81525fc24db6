import type { PoolClient } from 'pg'
import { cancelUntil } from './cancel.ts'
import { HttpError } from './errors.ts'
import { answerTo, type Outcome, runStatement, type Statement } from './statement.ts'
import type { Upstream } from './upstream.ts'

/** A Postgres session lent to one HTTP request. */
export type Session = {
  /** Runs one statement. Rejects with a `DatabaseError`, or with an `HttpError` when the answer grows too large. */
  run: (statement: Statement) => Promise<Outcome>
  /** Like `run`, for the client's last statement: resets the session in the same round trip. */
  runLast: (statement: Statement) => Promise<Outcome>
  /** Cancels the running statement and refuses further ones; `release` then closes the session. */
  cancel: () => void
  /** Gives the session back. It is reset, or closed, before the next request. */
  release: () => void
}

// Neon's proxy rolls back and resets everything that a session can hold; DISCARD ALL is that list in one command.
const CLEAN = 'discard all'

/** Wraps a connection from a pool. `maxBytes` is the limit of all rows together. */
export function lend(client: PoolClient, upstream: Upstream, maxBytes: number): Session {
  let bytes = 0
  let running: Promise<Outcome> | undefined
  let isClean = Promise.resolve(false)
  let cancelling: Promise<void> | undefined

  function run(statement: Statement, next?: string): Promise<Outcome> {
    if (cancelling) return Promise.reject(cancelled())
    running = runStatement(client, statement, count, next).catch((error) => {
      throw cancelling && !(error instanceof HttpError) ? cancelled() : error
    })
    return running
  }

  function count(rowBytes: number): void {
    bytes += rowBytes
    if (bytes <= maxBytes) return
    cancel()
    throw new HttpError(507, `response is too large (max is ${maxBytes} bytes)`)
  }

  function cancel(): void {
    cancelling ??= running ? cancelUntil(running, upstream, backendKey(client)) : Promise.resolve()
  }

  async function release(): Promise<void> {
    // A cancel request may still be on its way: it must not hit the next query on this connection.
    await cancelling
    client.release(Boolean(cancelling) || !((await isClean) || (await clean(client))))
  }

  return {
    run: (statement) => run(statement),
    runLast(statement) {
      const outcome = run(statement, CLEAN)
      if (!cancelling) isClean = answerTo(client)
      return outcome
    },
    cancel,
    release,
  }
}

/** Resets a session, and returns whether that worked. An open transaction, in which DISCARD ALL is refused, is rolled back. */
async function clean(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    await client.query(CLEAN)
    return true
  } catch {
    return false
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
