import { and, eq, exists, sql } from 'drizzle-orm'
import { actAs } from '../access/act.ts'
import { type AdminCaller, endsAllSessions } from '../access/caller.ts'
import { listAsCaller } from '../access/lists.ts'
import { sessions } from '../access/table.ts'
import type { Db } from '../db/db.ts'
import type { Placeholders } from '../db/prepared.ts'
import { requireOne } from '../errors.ts'
import { users } from '../identity/table.ts'
import { type SessionQuery, sessionColumns, sessionOrder } from '../sessions/schema.ts'
import { getUser } from '../users/service.ts'

/** Returns one page of a user's live sessions, the newest first. Throws `unauthenticated`, `forbidden` and `not_found`. */
export async function listUserSessions(db: Db, caller: AdminCaller, userId: number, query: SessionQuery) {
  const page = await selectSessions(db, caller, query, { userId })
  if (page.items.length === 0) await getUser(db, caller, userId)
  return page
}

const selectSessions = listAsCaller(
  'select_user_sessions',
  sessionOrder,
  (db, me, { userId }: Partial<Placeholders<{ userId: number }>>) => ({
    select: db
      .select({ ...sessionColumns, current: sql<boolean>`${sessions.id} = ${me.sessionId}`.as('current') })
      .from(sessions)
      .$dynamic(),
    where: and(
      me.isAdmin,
      eq(sessions.userId, userId ?? sql`null`),
      exists(db.select({ id: users.id }).from(users).where(me.isLive)),
    ),
  }),
)

/** Ends all sessions of a user, those too that a concurrent sign-in opens. Throws like `listUserSessions`. */
export async function endUserSessions(db: Db, caller: AdminCaller, userId: number): Promise<void> {
  const { rows } = await actAs(db, caller, (me) =>
    db
      .update(users)
      .set({ ...endsAllSessions, updatedAt: sql`${users.updatedAt}` }) // nothing that the user's own data shows
      .where(and(me.isAdmin, eq(users.id, userId)))
      .returning({ id: users.id }),
  )
  requireOne(rows, 'user')
}

/** Ends one session of a user. Throws like `listUserSessions`. */
export async function endUserSession(db: Db, caller: AdminCaller, userId: number, id: number): Promise<void> {
  const { rows } = await actAs(db, caller, (me) =>
    db
      .delete(sessions)
      .where(and(me.isAdmin, eq(sessions.userId, userId), eq(sessions.id, id)))
      .returning({ id: sessions.id }),
  )
  requireOne(rows, 'session')
}
