import type { Folder } from '../folder.ts'
import { type Ran, type Run, readSettledStatus, readStatus } from './run.ts'
import { runAll } from './runner.ts'
import { withSession } from './session.ts'
import { checkBeforeUp, currentOf, pendingOf, type Status } from './status.ts'
import { checkResume, checkUnfinished } from './unfinished.ts'

/** How to go up: `to` is the place in the folder of the last migration to apply. */
export type Up = Pick<Run, 'onRan' | 'say' | 'lockTimeoutMs' | 'resumeAt'> & { to: number }

/**
 * Applies what is pending and returns it, with the name of the migration that the database is at then. One cheap query where nothing is
 * pending. Throws a `Refusal` where the folder and the database do not fit together, before anything runs, or when a migration fails.
 */
export function migrateUp(
  url: string,
  folder: Folder,
  { to, resumeAt, ...how }: Up,
): Promise<{ applied: Ran[]; current: string | null }> {
  const next = (status: Status) => {
    checkUnfinished(status, 'up', resumeAt)
    checkBeforeUp(status)
    return pendingOf(status).find(({ migration }) => folder.migrations.indexOf(migration) <= to) ?? null
  }
  return withSession(url, async (session) => {
    const before = await readSettledStatus(session, folder, how)
    checkResume(before, resumeAt)
    const isDue = next(before) !== null
    const applied = isDue ? await runAll(session, { ...how, folder, direction: 'up', next, resumeAt }) : []
    const after = isDue ? await readStatus(session, folder) : before
    return { applied, current: currentOf(after)?.name ?? null }
  })
}
