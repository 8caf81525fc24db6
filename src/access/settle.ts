import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { meaningOf, queryFault } from '../db/sql-error.ts'
import { outsideWork } from '../db/work.ts'
import { AppError } from '../errors.ts'
import { CLIENT_LEFT } from '../http/deadline.ts'
import type { Charge } from './charge.ts'
import { rateLimits } from './table.ts'

/**
 * Returns what `work` returns. When it throws what `isFree` says, the attempt is given back: by default a failure of ours,
 * such as a full queue of hashes.
 */
export async function givingBack<Result>(
  db: Db,
  charge: Charge,
  work: () => Promise<Result>,
  isFree: (error: unknown) => boolean = isOurFailure,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    // A database that can't be reached can't be given anything back; the caller hears of the first failure.
    if (isFree(error)) await outsideWork(() => giveBack(db, charge)).catch(() => {})
    throw error
  }
}

/** Whether an attempt failed for a reason of ours: the caller is still there, and gets a 503 or a 500. */
export function isOurFailure(error: unknown): boolean {
  const cause = queryFault(error) // a statement ends for the same reasons
  if (cause === CLIENT_LEFT) return false
  const code = cause instanceof AppError ? cause.code : meaningOf(error)?.code
  return code === undefined || code === 'unavailable'
}

/**
 * The CTE that settles a charge when the password was right: a limit that `isForgiven` is as if it had never been used, every
 * other one gets this attempt back.
 */
export const settling = (db: Db, charge: Charge) => db.$with('settled', {}).as(settle(charge, true))

async function giveBack(db: Db, charge: Charge): Promise<void> {
  if (charge.length === 0) return
  const settled = db.$with('settled', {}).as(settle(charge, false))
  await db.with(settled).select({ always: sql`1` }).from(sql`(select) as nothing`)
}

// INSERT and SET take the names of columns without their table.
const until = sql.identifier(rateLimits.spentUntil.name)

// The rows are locked in the order in which attempts are charged to them, or two statements could wait for each other.
function settle(charge: Charge, isRight: boolean): SQL {
  const owed = charge.map(
    ({ key, limit: { pace, isForgiven = false } }, step) =>
      sql`(${key}::text, ${step}::int, ${pace}::int, ${isRight && isForgiven}::boolean)`,
  )
  return sql`
    update ${rateLimits}
    set ${until} = case when is_forgiven then now() else ${rateLimits.spentUntil} - make_interval(secs => pace) end
    from (
      select owed.* from (values ${sql.join(owed, sql`, `)}) as owed (owed_key, step, pace, is_forgiven)
      join ${rateLimits} on ${rateLimits.key} = owed_key order by step for update of ${rateLimits}
    ) as locked
    where ${rateLimits.key} = owed_key returning 1`
}
