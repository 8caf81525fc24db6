import { and, eq, exists, sql } from 'drizzle-orm'
import { actAs } from '../access/act.ts'
import { type Caller, endsAllSessions } from '../access/caller.ts'
import { listAsCaller } from '../access/lists.ts'
import { sessions } from '../access/table.ts'
import type { Db } from '../db/db.ts'
import { requireOne } from '../errors.ts'
import { users } from '../identity/table.ts'
import { type SessionQuery, sessionColumns, sessionOrder } from './schema.ts'

/** Returns one page of the caller's live sessions, the newest first. Throws `unauthenticated`. */
export const listSessions = (db: Db, caller: Caller, query: SessionQuery) =>
  selectSessions(db, caller, query, {})

const selectSessions = listAsCaller('select_sessions', sessionOrder, (db, me) => ({
  select: db
    .select({ ...sessionColumns, current: sql<boolean>`${sessions.id} = ${me.sessionId}`.as('current') })
    .from(sessions)
    .$dynamic(),
  where: and(me.is(sessions.userId), exists(db.select({ id: users.id }).from(users).where(me.isLive))),
}))

/**
 * Ends one of the caller's sessions at once; `current` is the one that sent the request. Throws `unauthenticated`, and
 * `not_found`, also for another user's session.
 */
export async function endSession(db: Db, caller: Caller, id: number | 'current'): Promise<void> {
  const { rows } = await actAs(db, caller, (me) =>
    db
      .delete(sessions)
      .where(and(me.is(sessions.userId), eq(sessions.id, id === 'current' ? me.sessionId : id)))
      .returning({ id: sessions.id }),
  )
  requireOne(rows, 'session')
}

/** Ends all sessions of the caller, those too that a concurrent sign-in opens. Throws `unauthenticated`. */
export async function endAllSessions(db: Db, caller: Caller): Promise<void> {
  await actAs(db, caller, (me) =>
    db
      .update(users)
      .set({ ...endsAllSessions, updatedAt: sql`${users.updatedAt}` }) // nothing that the user's own data shows
      .where(me.is(users.id))
      .returning({ id: users.id }),
  )
}
