import type { Folder } from '../folder.ts'
import { type Lock, locksOf } from './locks.ts'
import { checkBlocked, losses, type Price, priceOf } from './price.ts'
import { type Ran, type Run, readSettledStatus, readStatus } from './run.ts'
import { runAll } from './runner.ts'
import { withSession } from './session.ts'
import { checkBeforeUp, currentOf, type Entry, pendingOf, type Status } from './status.ts'
import { checkResume, checkUnfinished } from './unfinished.ts'

/** How to go up. */
export type Up = Pick<Run, 'onRan' | 'say' | 'lockTimeoutMs' | 'resumeAt'> & {
  /** The place in the folder of the last migration to apply. */
  to: number
  /** How many to apply at most. */
  steps?: number | undefined
  /** Called, before anything runs, which tables that have rows the migrations will rewrite or lock. */
  announce?: (locks: Lock[]) => void
  /** Called with the data that migrations would lose, before anything is locked; throws where that must not be. */
  agree: (steps: Entry[], losses: Price[]) => Promise<void>
}

/**
 * Applies what is pending and returns it, with the name of the migration that the database is at then. One cheap query where nothing is
 * pending. Throws a `Refusal` where the folder and the database do not fit together or rows are in the way, before anything runs, or when
 * a migration fails.
 */
export function migrateUp(
  url: string,
  folder: Folder,
  { to, steps = Number.POSITIVE_INFINITY, agree, announce, resumeAt, onRan, ...how }: Up,
): Promise<{ applied: Ran[]; current: string | null }> {
  let ran = 0
  const due = (status: Status) => {
    checkUnfinished(status, 'up', resumeAt)
    checkBeforeUp(status)
    const pending = pendingOf(status).filter(({ migration }) => folder.migrations.indexOf(migration) <= to)
    return pending.slice(0, steps - ran)
  }
  return withSession(url, async (session) => {
    const before = await readSettledStatus(session, folder, how)
    checkResume(before, resumeAt)
    const pending = due(before)
    if (pending.length === 0) return { applied: [], current: currentOf(before)?.name ?? null }

    const weigh = async (steps: Entry[], prices: Price[]) => {
      checkBlocked(prices)
      if (losses(prices).length > 0) await agree(steps, losses(prices))
    }
    // What only an earlier migration makes countable is counted right before its own.
    const prices = await priceOf(session, pending, 'up')
    await weigh(
      pending,
      prices.filter(({ rows }) => rows !== null),
    )
    const isOpen = ({ name }: Entry) =>
      prices.some(({ migration, rows }) => migration === name && rows === null)
    const weighNext = async (status: Status) => {
      const next = due(status).slice(0, 1).filter(isOpen)
      await weigh(next, await priceOf(session, next, 'up'))
    }
    await weighNext(before)
    announce?.(await locksOf(session, pending))
    const applied = await runAll(session, {
      ...how,
      folder,
      direction: 'up',
      next: (status) => due(status)[0] ?? null,
      resumeAt,
      onRan: async (done) => {
        ran += 1
        await onRan(done)
        await weighNext(await readStatus(session, folder))
      },
    })
    return { applied, current: currentOf(await readStatus(session, folder))?.name ?? null }
  })
}
