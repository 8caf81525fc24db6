import { eq, sql } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { sessions } from '../sessions/table.ts'
import { assertPasswordAllowed, hashPassword, type PasswordPolicy } from './password.ts'
import { noSuchUser, type UserRow } from './service.ts'
import { users } from './table.ts'

/**
 * Gives a user another password without asking for the current one, and ends all its sessions. Throws `not_found`, `invalid` for a
 * password that the policy refuses, and `unavailable` when too many wait for a hash.
 */
export async function setPassword(
  db: Db,
  { id, username }: Pick<UserRow, 'id' | 'username'>,
  password: string,
  policy: PasswordPolicy,
): Promise<void> {
  assertPasswordAllowed(password, username, policy, '/password')
  const passwordHash = await hashPassword(password, policy.scrypt)
  // The version ends also the sessions that a concurrent sign-in opens, which no DELETE sees.
  const ended = db
    .$with('ended')
    .as(db.delete(sessions).where(eq(sessions.userId, id)).returning({ id: sessions.id }))
  const changed = await db
    .with(ended)
    .update(users)
    .set({ passwordHash, passwordVersion: sql`${users.passwordVersion} + 1` })
    .where(eq(users.id, id))
    .returning({ id: users.id })
  if (changed.length === 0) noSuchUser()
}
