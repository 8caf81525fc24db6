import { Refusal } from '../refusal.ts'
import { calling } from '../wording.ts'
import { lockedSession } from './migrator-lock.ts'
import { type Direction, type Run, readStatus, scriptOf } from './run.ts'
import type { Session } from './session.ts'
import { runStatement } from './statement.ts'
import type { Entry } from './status.ts'
import { trackingIn } from './tracking.ts'

/**
 * Runs a migration whose statements allow no transaction, one by one, and keeps in the tracking table how many are done. Stopped half
 * way, it leaves that record, and every further run is refused until somebody decides. Returns false, having done nothing, where another
 * migrator was faster. Throws `sql`, and `wrong_database` for a pooled connection, which can't hold the lock.
 */
export async function runUntransacted(
  session: Session,
  run: Run,
  { name, migration }: Entry,
): Promise<boolean> {
  const script = scriptOf(migration, run.direction)
  const { progress, forget } = trackingIn(run.folder.table)
  if (await session.isPooled()) {
    throw new Refusal(
      'wrong_database',
      `${name} runs outside a transaction, which needs a dedicated connection: set DATABASE_URL to the direct one, not the pooler's.`,
    )
  }
  return lockedSession(session, run, async () => {
    const entry = run.next(await readStatus(session, run.folder))
    if (entry?.name !== name) return false
    const first = entry.state === 'unfinished' ? (run.resumeAt ?? 1) - 1 : 0
    if (entry.state !== 'unfinished') {
      await session.query(
        run.direction === 'up' ? progress.startUp(migration) : progress.startDown(migration),
      )
    }
    for (const [place, statement] of script.statements.entries()) {
      if (place < first) continue
      await runStatement(session, run, script, statement).catch((fault) => {
        throw stoppedAt(place, fault, run.direction)
      })
      await session.query(progress.step(migration, place + 1))
    }
    await session.query(run.direction === 'up' ? progress.finishUp(migration) : forget(migration.when))
    return true
  })
}

function stoppedAt(place: number, fault: Refusal, direction: Direction): Refusal {
  return new Refusal(
    fault.code,
    `${fault.message.replace(/\.$/, '')}. The migration has no transaction: ${place} of its statements are done and stay so. Go on with ${calling(direction, { resume: place + 1 })}.`,
  )
}
