import { setTimeout } from 'node:timers/promises'
import { Refusal } from '../refusal.ts'
import { inTransaction, type Session } from './session.ts'

/** How a command waits, and where it says so. `lockTimeoutMs` is the longest wait for a lock of anybody else's; 0 is without limit. */
export type Patience = { lockTimeoutMs: number; say: (line: string) => void }

const KEY = "hashtextextended('hearth migrations', 0)"

/** The statement with which a script run by hand takes its turn among the migrators, until its transaction ends. */
export const WAIT_FOR_MIGRATORS = `select pg_advisory_xact_lock(${KEY})`

const POLL_MS = 50
const MENTION_AFTER_MS = 1_000
const GIVE_UP_AFTER_MS = 120_000

/**
 * Runs `work` in a transaction while no other migrator is at work on the database. Throws `busy` when one is for two minutes.
 */
export function lockedTransaction<T>(
  session: Session,
  patience: Patience,
  work: () => Promise<T>,
): Promise<T> {
  return takeTurn(patience, () =>
    inTransaction(session, async () => {
      await session.query(`set local lock_timeout = ${patience.lockTimeoutMs}`)
      return (await isFree(session, 'pg_try_advisory_xact_lock')) ? { value: await work() } : null
    }),
  )
}

/** Runs `work`, which makes no transaction itself, while no other migrator is at work. Throws `busy` as above. */
export async function lockedSession<T>(
  session: Session,
  patience: Patience,
  work: () => Promise<T>,
): Promise<T> {
  return takeTurn(patience, async () => {
    if (!(await isFree(session, 'pg_try_advisory_lock'))) return null
    try {
      await session.query(`set lock_timeout = ${patience.lockTimeoutMs}`)
      return { value: await work() }
    } finally {
      // On a lost connection the server has let go itself.
      await session.query(`reset lock_timeout; select pg_advisory_unlock(${KEY})`).catch(() => {})
    }
  })
}

// Asking again instead of waiting in the server: a waiting query holds a snapshot, and another migrator's
// CREATE INDEX CONCURRENTLY waits for the end of every older snapshot. The two would wait for each other.
async function takeTurn<T>({ say }: Patience, attempt: () => Promise<{ value: T } | null>): Promise<T> {
  const start = Date.now()
  for (let mentioned = false; ; await setTimeout(POLL_MS)) {
    const result = await attempt()
    if (result) return result.value
    const waited = Date.now() - start
    if (waited > GIVE_UP_AFTER_MS) {
      throw new Refusal(
        'busy',
        `Another migrator has been at work on this database for ${GIVE_UP_AFTER_MS / 1000} s; nothing was changed. Run the command again when it has finished.`,
      )
    }
    if (waited > MENTION_AFTER_MS && !mentioned) {
      say('Another migrator is at work on this database; waiting for it …')
      mentioned = true
    }
  }
}

async function isFree(session: Session, tryLock: string): Promise<boolean> {
  const [row] = await session.query(`select ${tryLock}(${KEY}) as locked`)
  return row?.locked === true
}
