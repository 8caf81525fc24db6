import { createMiddleware } from 'hono/factory'
import { inWork } from '../db/work.ts'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

// What was cancelled needs this long to say whether it had its effect, so that the response is a true one.
const SETTLE_MS = 500

/**
 * Ends a request that takes too long. `c.var.signal` aborts shortly before the deadline, and as soon as the client leaves, with
 * the `AppError` to throw as its reason: whoever works for this request stops, and writes nothing from then on. Throws
 * `unavailable` at the deadline, where that did not end the work.
 */
export const answerInTime = createMiddleware<Env>(async (c, next) => {
  const { answerWithinMs } = c.env.config
  const work = new AbortController()
  const late = Promise.withResolvers<never>()
  const leave = () => work.abort(CLIENT_LEFT)
  const timers = [
    setTimeout(() => work.abort(tookTooLong()), Math.max(0, answerWithinMs - SETTLE_MS)),
    setTimeout(() => late.reject(tookTooLong()), answerWithinMs),
  ]
  const client = c.req.raw.signal
  client.addEventListener('abort', leave)
  c.set('signal', work.signal)
  c.set('work', { signal: work.signal, stage: null, waited: {}, events: [] })
  try {
    await Promise.race([inWork(c.var.work, next), late.promise])
  } finally {
    for (const timer of timers) clearTimeout(timer)
    client.removeEventListener('abort', leave)
  }
})

/** The reason of an abort because the client has closed the connection. Nobody reads the response. */
export const CLIENT_LEFT = new AppError('unavailable', 'The client left.')

const tookTooLong = () => new AppError('unavailable', 'This took too long; try again shortly.')
