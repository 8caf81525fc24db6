import { eq, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { noteCaller } from '../db/work.ts'
import { users } from '../identity/table.ts'
import { type Caller, isLive, isProved, type Lookup, lookupOf, unauthenticated } from './caller.ts'
import { chargeOf, charging } from './charge.ts'
import { LIMITS } from './limits.ts'
import { sessions } from './table.ts'

const { session, knownPlaces } = LIMITS.ownPassword

/**
 * Returns the caller's user and session, and charges the session for an attempt to give the password, which strangers cannot
 * use up; a session whose proof is not recent is charged only if it `renews` it. Throws `unauthenticated` and `too_many_attempts`.
 */
export async function takeOwnAttempt(db: Db, caller: Caller, { renews }: { renews: boolean }) {
  const [row] = await take(db, { ...lookupOf(caller), renews })
  if (!row) throw unauthenticated()
  noteCaller(row.id)
  const { outcome, ...owner } = row
  return {
    owner,
    charge: chargeOf(outcome, [session, knownPlaces], 'Too many attempts to give the password'),
  }
}

// One statement: whose token it is, and the charge for the attempt.
const take = prepared('take_own_attempt', (db, values: Placeholders<Lookup & { renews: boolean }>) => {
  const owner = db.$with('owner').as(
    db
      .select({
        id: users.id,
        username: users.username,
        email: users.email,
        passwordHash: users.passwordHash,
        sessionId: sql<number>`${sessions.id}`.as('session_id'),
        isProved: isProved.as('is_proved'),
      })
      .from(sessions)
      .innerJoin(users, isLive(values.sessionMaxDays))
      .where(eq(sessions.tokenDigest, values.tokenDigest)),
  )
  const charged = sql`from ${owner} where ${owner.isProved} or ${values.renews}::boolean`
  const { ctes, outcome } = charging(db, [
    { key: sql`(select 'session:' || ${owner.sessionId} ${charged})`, limit: session },
    { key: sql`(select 'known:user:' || ${owner.id} ${charged})`, limit: knownPlaces },
  ])
  return db
    .with(owner, ...ctes)
    .select({ ...owner._.selectedFields, outcome })
    .from(owner)
})
