import { eq, inArray, sql } from 'drizzle-orm'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { extended, ownerOf, unknownToken } from '../sessions/live.ts'
import { sessions } from '../sessions/table.ts'
import type { UserPatch } from './schema.ts'
import { forAdminsOnly, isForAdmins, type UserRow, userColumns } from './service.ts'
import { users } from './table.ts'

/**
 * Changes the user whom a token's digest stands for, in one statement, and returns it; suspending ends its sessions. Throws
 * `unauthenticated`, `forbidden` for what only admins may change, and the database's unique violation, which callers are
 * told as `conflict`.
 */
export async function updateOwnUser(
  db: Db,
  tokenDigest: string,
  patch: UserPatch,
  { sessionDays }: Pick<Config, 'sessionDays'>,
): Promise<UserRow> {
  const owner = ownerOf(db, tokenDigest)
  const allowed = db
    .select({ id: owner.userId })
    .from(owner)
    .where(isForAdmins(patch) ? eq(owner.role, 'admin') : undefined)
  const changed = db
    .$with('changed')
    .as(db.update(users).set(patch).where(inArray(users.id, allowed)).returning(userColumns))
  const ended = db.$with('ended').as(
    db
      .delete(sessions)
      .where(inArray(sessions.userId, db.select({ id: changed.id }).from(changed)))
      .returning({ id: sessions.id }),
  )
  const [found] = await db
    .with(owner, changed, patch.suspended ? ended : extended(db, tokenDigest, sessionDays))
    .select()
    .from(owner)
    .leftJoin(changed, sql`true`)
  if (!found) unknownToken()
  return found.changed ?? forAdminsOnly()
}

/** Deletes the user whom a token's digest stands for, with all its sessions. Throws `unauthenticated`. */
export async function deleteOwnUser(db: Db, tokenDigest: string): Promise<void> {
  const owner = ownerOf(db, tokenDigest)
  const deleted = await db
    .with(owner)
    .delete(users)
    .where(inArray(users.id, db.select({ id: owner.userId }).from(owner)))
    .returning({ id: users.id })
  if (deleted.length === 0) unknownToken()
}
