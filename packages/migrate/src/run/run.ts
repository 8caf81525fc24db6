import type { Folder, Migration } from '../folder.ts'
import { Refusal } from '../refusal.ts'
import type { Script } from '../script.ts'
import { lockedTransaction, type Patience } from './migrator-lock.ts'
import type { Session } from './session.ts'
import { compare, type Entry, type Status } from './status.ts'
import { trackingIn } from './tracking.ts'

export type Direction = 'up' | 'down'

/** A migration that was applied, or taken back, and the time it took. */
export type Ran = { name: string; ms: number }

/** What to run, and how. */
export type Run = Patience & {
  folder: Folder
  direction: Direction
  /** Decides what comes next, from what the database says once no other migrator can change it; null ends the run. */
  next: (status: Status) => Entry | null
  /** Called after each migration is committed; the next one waits for it. */
  onRan: (ran: Ran) => void | Promise<void>
  /** Where to take up a migration that stopped half way: the number of its statement, from 1. */
  resumeAt?: number | undefined
}

/** Reads how a database compares with a folder. Changes nothing and takes no lock. */
export async function readStatus(session: Session, folder: Folder): Promise<Status> {
  return compare(folder, await trackingIn(folder.table).read(session))
}

/** As `readStatus`, but a migration that is only on its way in another migrator is waited for. Throws `busy`. */
export async function readSettledStatus(
  session: Session,
  folder: Folder,
  patience: Patience,
): Promise<Status> {
  const status = await readStatus(session, folder)
  if (!status.entries.some(({ state }) => state === 'unfinished')) return status
  return lockedTransaction(session, patience, () => readStatus(session, folder))
}

/** A migration's file for a direction. Throws `missing` and `own_transaction`. */
export function scriptOf({ name, ...migration }: Migration, direction: Direction): Script {
  const script = migration[direction]
  if (!script) throw new Refusal('missing', `${name} has no ${direction} migration.`)
  if (script.ownTransaction) {
    throw new Refusal(
      'own_transaction',
      `${script.path}:${script.ownTransaction.line} begins or ends a transaction. Take that out: each migration runs in one, which the runner makes.`,
    )
  }
  return script
}
