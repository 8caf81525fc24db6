import { and, eq, exists, ne, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { isLive, mayUse, unknownToken } from '../sessions/live.ts'
import { sessions } from '../sessions/table.ts'
import { assertPasswordAllowed, hashPassword, type PasswordPolicy, verifyPassword } from './password.ts'
import type { PasswordChange } from './schema.ts'
import { users } from './table.ts'

/**
 * Changes the password of the user whom a token's digest stands for, and ends every other session of that user. Throws
 * `unauthenticated`, `invalid` for a wrong current password or one that the policy refuses, and `unavailable`.
 */
export async function changePassword(
  db: Db,
  tokenDigest: string,
  input: PasswordChange,
  policy: PasswordPolicy,
): Promise<void> {
  const [owner] = await db
    .select({
      id: users.id,
      username: users.username,
      passwordHash: users.passwordHash,
      sessionId: sessions.id,
    })
    .from(sessions)
    .innerJoin(users, mayUse)
    .where(isLive(tokenDigest))
  if (!owner) unknownToken()
  assertPasswordAllowed(input.newPassword, owner.username, policy, '/newPassword')
  if (!(await verifyPassword(input.currentPassword, owner.passwordHash, policy.scrypt))) throw wrongPassword()
  const passwordHash = await hashPassword(input.newPassword, policy.scrypt)
  // The old hash is asked for again: of two changes at once, only one was made knowing the current password.
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({ passwordHash, passwordVersion: sql`${users.passwordVersion} + 1` })
      .where(and(eq(users.id, owner.id), eq(users.passwordHash, owner.passwordHash)))
      .returning({ id: users.id, version: sql<number>`${users.passwordVersion}`.as('version') }),
  )
  const isChanged = exists(db.select().from(changed))
  const kept = db.$with('kept').as(
    db
      .update(sessions)
      .set({ passwordVersion: sql`(select version from changed)` })
      .where(and(eq(sessions.id, owner.sessionId), isChanged))
      .returning({ id: sessions.id }),
  )
  const ended = db.$with('ended').as(
    db
      .delete(sessions)
      .where(and(eq(sessions.userId, owner.id), ne(sessions.id, owner.sessionId), isChanged))
      .returning({ id: sessions.id }),
  )
  const rows = await db.with(changed, kept, ended).select().from(changed)
  if (rows.length === 0) throw wrongPassword()
}

const wrongPassword = () =>
  new AppError('invalid', 'The current password is wrong.', {
    errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
  })
