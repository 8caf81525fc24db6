import { explainFault } from './fault.ts'
import type { Folder, Migration } from './folder.ts'
import { lockedTransaction, type Patience } from './migrator-lock.ts'
import { Refusal } from './refusal.ts'
import type { Script } from './script.ts'
import type { Session } from './session.ts'
import { compare, type Entry, type Status } from './status.ts'
import { forget, PREPARE_TRACKING, readTracked, recordApplied } from './tracking.ts'
import { runUntransacted } from './untransacted.ts'

export type Direction = 'up' | 'down'

/** A migration that was applied, or taken back, and the time it took. */
export type Ran = { name: string; ms: number }

export type Run = Patience & {
  folder: Folder
  direction: Direction
  /** Decides what to run next, from what the database says once nobody else can change it; null ends the run. */
  next: (status: Status) => Entry | null
  /** Told of each migration once it is committed. */
  onRan: (ran: Ran) => void
  /** Where to take up a migration that stopped half way: the number of its statement, from 1. */
  resumeAt?: number
}

/** Reads how a database stands to a folder. Changes nothing and takes no lock. */
export async function readStatus(session: Session, folder: Folder): Promise<Status> {
  return compare(folder, await readTracked(session))
}

/**
 * Runs migrations one by one, each in a transaction of its own that holds the migrators' lock and records it, so that each is applied
 * wholly or not at all, and once. Throws a `Refusal` at the first that does not work; those before it stay.
 */
export async function runAll(session: Session, run: Run): Promise<Ran[]> {
  await lockedTransaction(session, run, async () => {
    for (const statement of PREPARE_TRACKING) await session.query(statement)
  })
  const all: Ran[] = []
  for (let ran = await runNext(session, run); ran; ran = await runNext(session, run)) {
    all.push(ran)
    run.onRan(ran)
  }
  return all
}

/** A migration's file for a direction. Throws `missing` and `own_transaction`. */
export function scriptOf({ name, ...migration }: Migration, direction: Direction): Script {
  const script = migration[direction]
  if (!script) throw new Refusal('missing', `${name} has no file for the way ${direction}.`)
  if (script.ownTransaction) {
    throw new Refusal(
      'own_transaction',
      `${script.path}:${script.ownTransaction.line} begins or ends a transaction. Take that out: each migration runs in one, which the runner makes.`,
    )
  }
  return script
}

async function runNext(session: Session, run: Run): Promise<Ran | null> {
  const started = performance.now()
  const outcome = await lockedTransaction(session, run, async () => {
    const entry = run.next(await readStatus(session, run.folder))
    if (!entry) return null
    const script = scriptOf(entry.migration, run.direction)
    if (!script.noTransaction) await runTransacted(session, run, entry.migration, script)
    return { entry, script }
  })
  if (!outcome) return null
  if (outcome.script.noTransaction) await runUntransacted(session, run, outcome.entry)
  return { name: outcome.entry.name, ms: Math.round(performance.now() - started) }
}

async function runTransacted(
  session: Session,
  run: Run,
  migration: Migration,
  script: Script,
): Promise<void> {
  for (const statement of script.statements) {
    await session.query(statement.sql).catch((error) => {
      throw explainFault(error, script, statement, run)
    })
  }
  await session.query(run.direction === 'up' ? recordApplied(migration) : forget(migration.when))
}
