import { AppError } from '../errors.ts'

/**
 * Makes a function that runs at most `running` tasks at a time and lets `waiting` more queue. It returns what its task
 * returns, and throws `unavailable` when the queue is full.
 */
export function slots(limits: { running: number; waiting: number }) {
  const queue: (() => void)[] = []
  let running = 0

  return async function inSlot<T>(task: () => Promise<T>): Promise<T> {
    if (running < limits.running) running++
    else if (queue.length < limits.waiting) await new Promise<void>((resolve) => queue.push(resolve))
    else
      throw new AppError('unavailable', 'The server is busy; try again in a few seconds.', { retryAfter: 2 })
    try {
      return await task()
    } finally {
      // A slot is handed on rather than freed, so that nobody can slip in before those who wait.
      const next = queue.shift()
      if (next) next()
      else running--
    }
  }
}
