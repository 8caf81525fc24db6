import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

/** Throws `unavailable` when there is no answer in time. What was begun goes on, and may still have its effect. */
export const answerInTime = createMiddleware<Env>(async (c, next) => {
  const late = Promise.withResolvers<never>()
  const giveUp = () => late.reject(new AppError('unavailable', 'This took too long; try again shortly.'))
  const timer = setTimeout(giveUp, c.env.config.answerWithinMs)
  try {
    await Promise.race([next(), late.promise])
  } finally {
    clearTimeout(timer)
  }
})
