import { AppError } from '../errors.ts'
import type { Limits } from './limits.ts'
import { sqlError } from './sql-error.ts'
import { Turns } from './turns.ts'
import { currentWork, waitingFor } from './work.ts'

/** A statement of Bun.SQL or postgres.js: it is sent when it is awaited, and rejects after `cancel`. */
type Statement = PromiseLike<unknown> & { cancel(): unknown }

/** What Bun.SQL and postgres.js have in common. */
type Client = {
  unsafe(text: string, params?: never[], options?: never): Statement & { values(): Statement }
}

/** How a driver opens a pool, and closes it once its statements have ended or a few seconds have passed. */
export type Driver<Pool extends Client> = {
  open: () => Pool
  close: (pool: Pool) => Promise<void>
}

// A pool that is replaced at every failure would open connections as fast as callers fail.
const REPLACE_EVERY_MS = 1000

// The server ends a statement first, where it is there at all.
const AFTER_THE_SERVER_MS = 250

/**
 * A client whose statements end in time, for `drizzle()`. Each waits for one of the pool's connections at most `turnMs`, is
 * cancelled after `statementMs` and when the request's work is aborted, and then has `silentMs` to end. If it does not, its
 * connection has lost its other end, and so perhaps have the others: the pool is replaced. So it is when a statement meets a
 * server that can only be read, since after a failover connections stay open to the wrong one.
 */
export function supervise<Pool extends Client>(driver: Driver<Pool>, limits: Limits) {
  const turns = new Turns(limits.size)
  let pool = driver.open()
  let replacedAt = Number.NEGATIVE_INFINITY

  function replace(old: Pool): void {
    if (old !== pool || performance.now() - replacedAt < REPLACE_EVERY_MS) return
    replacedAt = performance.now()
    pool = driver.open()
    turns.reset()
    driver.close(old).catch(() => {}) // its connections may be beyond closing
  }

  async function run(send: (pool: Pool) => Statement): Promise<unknown> {
    const signal = currentWork()?.signal
    signal?.throwIfAborted()
    const giveBack = await waitingFor('pool', () =>
      turns.take(limits.turnMs, signal, () => (signal?.aborted ? signal.reason : busy())),
    )
    const used = pool
    return waitingFor('query', () => inTime(send(used), { signal, giveBack, replace: () => replace(used) }))
  }

  async function inTime(statement: Statement, { signal, giveBack, replace }: Run): Promise<unknown> {
    const silent = Promise.withResolvers<never>()
    let silence: Timer | undefined
    let isLate = false
    const end = () => {
      if (silence) return
      statement.cancel()
      silence = setTimeout(() => silent.reject(SILENT), limits.silentMs)
    }
    const endLate = () => {
      isLate = true
      end()
    }
    const timer = setTimeout(endLate, limits.statementMs + AFTER_THE_SERVER_MS)
    signal?.addEventListener('abort', end)
    const outcome = Promise.resolve(statement)
    outcome.then(giveBack, giveBack)
    try {
      return await Promise.race([outcome, silent.promise])
    } catch (error) {
      const state = sqlError(error)?.state
      // A server that is there ends a late statement itself; drivers can also cancel one without a word from it.
      const isSilent = error === SILENT || (isLate && !state)
      if (isSilent || state === READ_ONLY) replace()
      if (signal?.aborted) throw signal.reason
      throw isSilent ? SILENT : error
    } finally {
      clearTimeout(timer)
      clearTimeout(silence)
      signal?.removeEventListener('abort', end)
    }
  }

  const unsafe = (...statement: Parameters<Client['unsafe']>) => ({
    values: () => run((pool) => pool.unsafe(...statement).values()),
    // biome-ignore lint/suspicious/noThenProperty: drivers have statements that are sent when they are awaited
    then: (...handlers: Parameters<Promise<unknown>['then']>) =>
      run((pool) => pool.unsafe(...statement)).then(...handlers),
  })

  return {
    client: { unsafe, options: (pool as { options?: unknown }).options },
    load: () => turns.load,
    close: () => driver.close(pool),
  }
}

type Timer = ReturnType<typeof setTimeout>
type Run = { signal: AbortSignal | undefined; giveBack: () => void; replace: () => void }

const busy = () =>
  new AppError('unavailable', 'The database is busy; try again shortly.', {
    reason: 'No connection of the pool was free in time; look for slow statements and locks.',
  })

const SILENT = new AppError('unavailable', 'The database is unavailable; try again shortly.', {
  reason: 'The database connection is silent; the pool was replaced.',
})

const READ_ONLY = '25006' // read_only_sql_transaction (PostgreSQL manual, appendix A)
