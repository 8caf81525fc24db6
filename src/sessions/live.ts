import { and, eq, gt, type Placeholder, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { users } from '../users/table.ts'
import { sessions } from './table.ts'

/** The condition that a session is the one that a token's digest stands for, and that it has not run out. */
export const isLive = (digest: string | Placeholder) =>
  and(eq(sessions.tokenDigest, digest), gt(sessions.expiresAt, sql`now()`))

/**
 * The condition that joins a session to its user. Suspending and a new password delete sessions, but no statement sees what a
 * sign-in opens at that very moment; so what makes a session void is asked here.
 */
export const mayUse = and(
  eq(users.id, sessions.userId),
  eq(users.suspended, false),
  eq(users.passwordVersion, sessions.passwordVersion),
)

/** The CTE `owner`, of one row or none: whom a token's digest stands for, for statements that act on what is the owner's. */
export const ownerOf = (db: Db, digest: string) =>
  db.$with('owner').as(
    db
      .select({
        userId: sql<number>`${users.id}`.as('user_id'),
        role: users.role,
        sessionId: sql<number>`${sessions.id}`.as('session_id'),
      })
      .from(sessions)
      .innerJoin(users, mayUse)
      .where(isLive(digest)),
  )

/**
 * The CTE that has a session run out so many days from now. Once a minute is often enough to say when it was last used; more
 * would make every read a write.
 */
export const extended = (db: Db, digest: string | Placeholder, days: number | Placeholder) =>
  db.$with('extended', {}).as(sql`
    update ${sessions} set last_used_at = now(), expires_at = now() + make_interval(days => ${days}::int)
    where ${isLive(digest)} and last_used_at < now() - interval '1 minute'`)

/** Throws `unauthenticated`, since no session was found for a token. */
export function unknownToken(): never {
  throw new AppError('unauthenticated', 'The token is not valid, or no longer; sign in again.')
}
