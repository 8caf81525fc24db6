import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Config } from '../config.ts'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type UserRow, userColumns } from '../users/service.ts'
import { users } from '../users/table.ts'
import { sessions } from './table.ts'

/** The session that a request came with. */
export type CurrentSession = { id: number }

// A session that holds; the placeholder `digest` is its token's.
const isLive = and(eq(sessions.tokenDigest, sql.placeholder('digest')), gt(sessions.expiresAt, sql`now()`))

// Suspending a user ends its sessions, but a sign-in at the same moment may still open one.
const mayUse = and(eq(users.id, sessions.userId), eq(users.suspended, false))

/** Returns the user and the session that a token's digest stands for, and extends the session. Throws `unauthenticated`. */
export async function authenticate(
  db: Db,
  tokenDigest: string,
  { sessionDays }: Pick<Config, 'sessionDays'>,
) {
  const [found] = await authentication(db).execute({ digest: tokenDigest, days: sessionDays })
  return found ?? unknownToken()
}

const authentication = prepared((db) =>
  db
    .with(extended(db))
    .select({ user: userColumns, session: { id: sessions.id } })
    .from(sessions)
    .innerJoin(users, mayUse)
    .where(isLive)
    .prepare('authenticate'),
)

// Once a minute is often enough to say when a session was last used; more would make every read a write.
const extended = (db: Db) =>
  db.$with('extended', {}).as(sql`
    update ${sessions} set last_used_at = now(), expires_at = now() + make_interval(days => ${sql.placeholder('days')}::int)
    where ${isLive} and last_used_at < now() - interval '1 minute'`)

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

const ownSessions = prepared((db) =>
  db
    .with(extended(db))
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
    .innerJoin(own, and(eq(own.userId, sessions.userId), gt(own.expiresAt, sql`now()`)))
    .where(isLive)
    .orderBy(desc(own.lastUsedAt), desc(own.id))
    .prepare('own_sessions'),
)

/** Ends one of a user's sessions at once. Throws `not_found`, also for somebody else's. */
export async function endSession(db: Db, user: Pick<UserRow, 'id'>, id: number): Promise<void> {
  const ended = await db
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, user.id)))
    .returning({ id: sessions.id })
  if (ended.length === 0) throw new AppError('not_found', 'You have no such session.')
}

function unknownToken(): never {
  throw new AppError('unauthenticated', 'The token is not valid, or no longer; sign in again.')
}
