import type { Migration } from '../folder.ts'
import type { Script } from '../script.ts'
import { explainFault } from './fault.ts'
import { lockedTransaction } from './migrator-lock.ts'
import { type Ran, type Run, readStatus, scriptOf } from './run.ts'
import type { Session } from './session.ts'
import { runStatement } from './statement.ts'
import { prepareTracking, trackingIn } from './tracking.ts'
import { runUntransacted } from './untransacted.ts'

/**
 * Runs migrations one by one, each in its own transaction, which holds the migrators' lock and records it, so that each is applied
 * wholly or not at all, and once. Throws a `Refusal` at the first that does not work; those before it stay.
 */
export async function runAll(session: Session, run: Run): Promise<Ran[]> {
  await lockedTransaction(session, run, () => prepareTracking(session, trackingIn(run.folder.table)))
  const all: Ran[] = []
  for (;;) {
    const started = performance.now()
    const ran = await runNext(session, run)
    if (!ran) return all
    if (ran.isTaken) continue
    all.push({ name: ran.name, ms: Math.round(performance.now() - started) })
    await run.onRan(all.at(-1) as Ran)
  }
}

/** Runs what comes next. `isTaken`: another migrator ran it between the decision and the lock. */
async function runNext(session: Session, run: Run): Promise<{ name: string; isTaken: boolean } | null> {
  await session.query('discard all') // what one migration SETs must not reach the next
  const outcome = await lockedTransaction(session, run, async () => {
    const entry = run.next(await readStatus(session, run.folder))
    if (!entry) return null
    const script = scriptOf(entry.migration, run.direction)
    if (!script.noTransaction) await runTransacted(session, run, entry.migration, script)
    return { entry, script }
  })
  if (!outcome) return null
  const { entry, script } = outcome
  return { name: entry.name, isTaken: script.noTransaction && !(await runUntransacted(session, run, entry)) }
}

async function runTransacted(
  session: Session,
  run: Run,
  migration: Migration,
  script: Script,
): Promise<void> {
  const { forget, recordApplied } = trackingIn(run.folder.table)
  for (const statement of script.statements) await runStatement(session, run, script, statement)
  // What the commit would find wrong, while there is still a file to name.
  await session.query('set constraints all immediate').catch((error) => {
    throw explainFault(error, script, null, run)
  })
  await session.query(run.direction === 'up' ? recordApplied(migration) : forget(migration.when))
}
