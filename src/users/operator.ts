import { eq } from 'drizzle-orm'
import { endsAllSessions } from '../access/caller.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { AppError, requireOne } from '../errors.ts'
import { hashPassword, OPERATOR } from '../identity/password.ts'
import { type PasswordRules, type UserRow, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { weaknessOf } from '../identity/weakness.ts'

/*
 * What the operator of a server does to users, without a caller: `make admin` and `make password`. No route reaches it.
 */

/** Returns the user with this normalised name, or null. */
export async function findUser(db: Db, username: string): Promise<UserRow | null> {
  const [user] = await db.select(userColumns).from(users).where(eq(users.username, username))
  return user ?? null
}

/** Makes a user an admin who is not suspended, and returns it. Throws `not_found`. */
export async function promoteUser(db: Db, id: number): Promise<UserRow> {
  const promoted = { role: 'admin', suspended: false } as const
  const rows = await db.update(users).set(promoted).where(eq(users.id, id)).returning(userColumns)
  return requireOne(rows, 'user')
}

/**
 * Gives a user another password without asking for the current one, and ends all its sessions. Throws `not_found`, `invalid`
 * for a password that is the user name, and `unavailable` when too many wait for a hash.
 */
export async function setPassword(
  db: Db,
  user: Pick<UserRow, 'id' | 'username' | 'email'>,
  password: string,
  settings: PasswordRules & Pick<Config, 'scrypt'>,
): Promise<void> {
  const detail = weaknessOf(password, user, settings)
  if (detail)
    throw new AppError('invalid', `The password ${detail}.`, { errors: [{ pointer: '/password', detail }] })
  const passwordHash = await hashPassword(password, settings.scrypt, OPERATOR)
  const changed = await db
    .update(users)
    .set({ passwordHash, ...endsAllSessions })
    .where(eq(users.id, user.id))
    .returning({ id: users.id })
  requireOne(changed, 'user')
}
