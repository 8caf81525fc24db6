import { and, eq, type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { verifyPassword } from '../identity/password.ts'
import { users } from '../identity/table.ts'
import { addressBlock } from './address.ts'
import { isLive } from './caller.ts'
import { type Charge, givingBack, isOurFailure } from './charge.ts'
import { sessions } from './table.ts'

/**
 * Runs `work` for an attempt that was charged, and hands it the function that compares passwords, which nothing else may use.
 * An attempt that compares none, or fails for a reason of ours, such as a full queue of hashes, is given back.
 */
export function attempted<Result>(
  db: Db,
  charge: Charge,
  work: (verify: typeof verifyPassword) => Promise<Result>,
): Promise<Result> {
  let hasCompared = false
  const verify: typeof verifyPassword = async (...compared) => {
    const isRight = await verifyPassword(...compared)
    hasCompared = true
    return isRight
  }
  return givingBack(
    db,
    charge,
    () => work(verify),
    (error) => !hasCompared || isOurFailure(error),
  )
}

/** Where an attempt comes from, as the statements that charge it take it. */
export type Place = { ip: string | null; block: string }

/** Returns the place of an address. */
export const placeOf = (ip: string | null): Place => ({ ip, block: addressBlock(ip) })

/** A placeholder with the type text, for where Postgres cannot infer it. */
export const textOf = (value: Placeholder): SQL<string | null> => sql`${value}::text`

/**
 * The key of an account's attempts, null without an account. `user` is a CTE of at most one user. Strangers share one key of
 * an account; an address with a live session of the account has its own, so that nobody can lock an owner out of a place
 * that the owner uses.
 */
export function accountKey(
  db: Db,
  user: SQLWrapper & { id: SQLWrapper },
  place: { ip: Placeholder; block: Placeholder },
): SQL {
  const isUsedHere = db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, isLive())
    .where(and(eq(sessions.userId, user.id), eq(sessions.ip, place.ip)))
  return sql`(select 'user:' || ${user.id} || case when exists ${isUsedHere} then '@' || ${textOf(place.block)} else '' end from ${user})`
}
