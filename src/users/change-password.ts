import { and, eq, ne, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
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
    .innerJoin(users, and(eq(users.id, sessions.userId), eq(users.suspended, false)))
    .where(and(eq(sessions.tokenDigest, tokenDigest), sql`${sessions.expiresAt} > now()`))
  if (!owner) throw new AppError('unauthenticated', 'The token is not valid, or no longer; sign in again.')
  assertPasswordAllowed(input.newPassword, owner.username, policy, '/newPassword')
  if (!(await verifyPassword(input.currentPassword, owner.passwordHash, policy.scrypt))) throw wrongPassword()
  const passwordHash = await hashPassword(input.newPassword, policy.scrypt)
  // The old hash is asked for again: of two changes at once, only one was made knowing the current password.
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, owner.id), eq(users.passwordHash, owner.passwordHash)))
      .returning({ id: users.id }),
  )
  const ended = db.$with('ended').as(
    db
      .delete(sessions)
      .where(and(sql`${sessions.userId} in (select id from changed)`, ne(sessions.id, owner.sessionId)))
      .returning({ id: sessions.id }),
  )
  const rows = await db.with(changed, ended).select().from(changed)
  if (rows.length === 0) throw wrongPassword()
}

const wrongPassword = () =>
  new AppError('invalid', 'The current password is wrong.', {
    errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
  })
