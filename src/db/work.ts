import { AsyncLocalStorage } from 'node:async_hooks'

/** What a request can be waiting for: a connection of the pool, a statement, or a hash. */
export type Stage = 'pool' | 'query' | 'hash'

/** The work of one request, as the database and the queue of hashes see it. */
export type Work = {
  /** Aborts when the request's time is up or its client has left; its reason is the error to throw. */
  readonly signal: AbortSignal
  /** What the work waits for at this moment. */
  stage: Stage | null
  /** How many milliseconds it has waited so far, by stage. */
  readonly waited: Partial<Record<Stage, number>>
  /** The id of the user who sent the request, once the database has told it. */
  callerId?: number | undefined
  /** What an operator who looks for an attack wants to read. */
  readonly events: SecurityEvent[]
}

/** What happened, and the id of the user whom it is about. */
export type SecurityEvent = {
  event: 'signed_in' | 'sign_in_failed' | 'password_changed' | 'role_changed' | 'suspended' | 'restored'
  about?: number | undefined
}

// Prepared statements are built once for each database, so that the request can't be an argument of theirs.
const current = new AsyncLocalStorage<Work | undefined>()

/** The work that the caller belongs to; undefined outside a request. */
export const currentWork = (): Work | undefined => current.getStore()

/** Runs `task` as the work of a request: its statements end when `work.signal` aborts. */
export const inWork = <Result>(work: Work, task: () => Result): Result => current.run(work, task)

/** Runs `task` outside the request's work: for what must be written although the request has ended. */
export const outsideWork = <Result>(task: () => Result): Result => current.run(undefined, task)

/** Notes for the log who sent the request. */
export function noteCaller(id: number): void {
  const work = currentWork()
  if (work) work.callerId = id
}

/** Notes an event for the log, which adds the request and its address. */
export const noteEvent = (event: SecurityEvent['event'], about?: number): void => {
  currentWork()?.events.push({ event, about })
}

/** Returns what `task` returns, and notes for the log that the request waits for `stage` meanwhile. */
export async function waitingFor<Result>(stage: Stage, task: () => PromiseLike<Result>): Promise<Result> {
  const work = currentWork()
  if (!work) return task()
  const start = performance.now()
  work.stage = stage
  try {
    const result = await task()
    work.stage = null // after a failure it stays, so that the log can name it
    return result
  } finally {
    work.waited[stage] = (work.waited[stage] ?? 0) + performance.now() - start
  }
}
