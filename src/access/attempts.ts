import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { ScryptCost } from '../config.ts'
import type { Db } from '../db/db.ts'
import { CLIENT_LEFT } from '../http/deadline.ts'
import { verifyPassword } from '../identity/password.ts'
import type { Turn } from '../identity/queue.ts'
import type { Charge } from './charge.ts'
import { givingBack, isOurFailure } from './settle.ts'

/** Compares a normalised password with a stored hash, like `verifyPassword`. */
export type Verify = (password: string, hash: string | null, cost: ScryptCost) => Promise<boolean>

/**
 * Runs `work` for an attempt that was charged, and hands it the function that compares passwords, which nothing else may use.
 * An attempt that compares none, or fails for a reason of ours, such as a full queue of hashes, is given back; not to a client
 * that left, who could otherwise have any number of hashes computed.
 */
export function attempted<Result>(
  db: Db,
  { charge, turn }: { charge: Charge; turn: Turn },
  work: (verify: Verify) => Promise<Result>,
): Promise<Result> {
  let hasCompared = false
  const verify: Verify = async (password, hash, cost) => {
    const isRight = await verifyPassword(password, hash, cost, turn)
    hasCompared = true
    return isRight
  }
  return givingBack(
    db,
    charge,
    () => work(verify),
    (error) => isOurFailure(error) || (!hasCompared && error !== CLIENT_LEFT),
  )
}

/** A placeholder with the type text, for where Postgres cannot infer it. */
export const textOf = (value: Placeholder): SQL<string | null> => sql`${value}::text`
