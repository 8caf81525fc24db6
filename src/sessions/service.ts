import { and, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Config } from '../config.ts'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type UserRow, userColumns } from '../users/service.ts'
import { users } from '../users/table.ts'
import { extended, isLive, mayUse, ownerOf, unknownToken } from './live.ts'
import { sessions } from './table.ts'

/** Returns the user whom a token's digest stands for, and extends the session. Throws `unauthenticated`. */
export async function authenticate(
  db: Db,
  tokenDigest: string,
  { sessionDays }: Pick<Config, 'sessionDays'>,
): Promise<UserRow> {
  const [user] = await authentication(db).execute({ digest: tokenDigest, days: sessionDays })
  return user ?? unknownToken()
}

const [digest, days] = [sql.placeholder('digest'), sql.placeholder('days')]

const authentication = prepared((db) =>
  db
    .with(extended(db, digest, days))
    .select(userColumns)
    .from(sessions)
    .innerJoin(users, mayUse)
    .where(isLive(digest))
    .prepare('authenticate'),
)

/** Returns the live sessions of the user whom a token's digest stands for, last used first; the token's own is `current`. Throws `unauthenticated`. */
export async function listSessions(
  db: Db,
  tokenDigest: string,
  { sessionDays }: Pick<Config, 'sessionDays'>,
) {
  const rows = await ownSessions(db).execute({ digest: tokenDigest, days: sessionDays })
  return rows.length > 0 ? rows : unknownToken() // a known token has at least its own
}

const own = alias(sessions, 'own')
const isAlsoLive = and(
  eq(own.userId, users.id),
  eq(own.passwordVersion, users.passwordVersion),
  gt(own.expiresAt, sql`now()`),
)

const ownSessions = prepared((db) =>
  db
    .with(extended(db, digest, days))
    .select({
      id: own.id,
      createdAt: own.createdAt,
      lastUsedAt: own.lastUsedAt,
      userAgent: own.userAgent,
      ip: own.ip,
      current: sql<boolean>`${own.id} = ${sessions.id}`,
    })
    .from(sessions)
    .innerJoin(users, mayUse)
    .innerJoin(own, isAlsoLive)
    .where(isLive(digest))
    .orderBy(desc(own.lastUsedAt), desc(own.id))
    .prepare('own_sessions'),
)

/**
 * Ends one of the sessions of the user whom a token's digest stands for, at once; `current` is the token's own. Throws
 * `unauthenticated`, and `not_found`, also for somebody else's.
 */
export async function endSession(db: Db, tokenDigest: string, id: number | 'current'): Promise<void> {
  const owner = ownerOf(db, tokenDigest)
  const ended = db.$with('ended').as(
    db
      .delete(sessions)
      .where(
        and(
          inArray(sessions.userId, db.select({ id: owner.userId }).from(owner)),
          inArray(sessions.id, id === 'current' ? db.select({ id: owner.sessionId }).from(owner) : [id]),
        ),
      )
      .returning({ id: sessions.id }),
  )
  const [found] = await db.with(owner, ended).select().from(owner).leftJoin(ended, sql`true`)
  if (!found) unknownToken()
  if (!found.ended) throw new AppError('not_found', 'You have no such session.')
}
