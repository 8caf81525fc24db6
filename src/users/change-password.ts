import { and, eq, exists, ne, sql } from 'drizzle-orm'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Charge, chargeOf, charging, forgive } from '../sessions/charge.ts'
import { PASSWORDS_OF_ACCOUNT } from '../sessions/limits.ts'
import { isLive, mayUse, unknownToken } from '../sessions/live.ts'
import { sessions } from '../sessions/table.ts'
import { accountKey, attempted, placeOf } from '../sessions/throttle.ts'
import { assertPasswordAllowed, hashPassword, type PasswordPolicy } from './password.ts'
import type { PasswordChange } from './schema.ts'
import { users } from './table.ts'

/** Who changes a password: the digest of the token that was sent, and the address that it came from. */
export type Changer = { tokenDigest: string; ip: string | null }

/**
 * Changes the password of a token's user and ends every other session of that user. The current password is an attempt like
 * one to sign in, and is charged to the same limit of the account. Throws `unauthenticated`, `too_many_attempts`, `invalid`
 * for a wrong current password or a new one that the policy refuses, and `unavailable`.
 */
export async function changePassword(
  db: Db,
  changer: Changer,
  input: PasswordChange,
  policy: PasswordPolicy,
): Promise<void> {
  const { owner, charge } = await takeChange(db, changer)
  await attempted(db, charge, async (verify) => {
    assertPasswordAllowed(input.newPassword, owner.username, policy, '/newPassword')
    if (!(await verify(input.currentPassword, owner.passwordHash, policy.scrypt))) throw wrongPassword()
    const passwordHash = await hashPassword(input.newPassword, policy.scrypt)
    await replacePassword(db, owner, passwordHash, charge)
  })
}

type Owner = { id: number; username: string; passwordHash: string; sessionId: number }

// One statement: whose token it is, and the charge for the attempt.
async function takeChange(db: Db, { tokenDigest, ip }: Changer): Promise<{ owner: Owner; charge: Charge }> {
  const [row] = await change(db).execute({ tokenDigest, ...placeOf(ip) })
  if (!row) unknownToken()
  const { outcome, ...owner } = row
  return {
    owner,
    charge: chargeOf(outcome, [PASSWORDS_OF_ACCOUNT], 'Too many attempts to give the password'),
  }
}

const change = prepared((db) => {
  const owner = db.$with('owner').as(
    db
      .select({
        id: users.id,
        username: users.username,
        passwordHash: users.passwordHash,
        sessionId: sql<number>`${sessions.id}`.as('session_id'),
      })
      .from(sessions)
      .innerJoin(users, mayUse)
      .where(isLive(sql.placeholder('tokenDigest'))),
  )
  const { ctes, outcome } = charging(db, [{ key: accountKey('owner'), limit: PASSWORDS_OF_ACCOUNT }])
  const { id, username, passwordHash, sessionId } = owner
  return db
    .with(owner, ...ctes)
    .select({ id, username, passwordHash, sessionId, outcome })
    .from(owner)
    .prepare('take_change')
})

// One statement: the password, the sessions, and the attempts, which a right password forgives.
async function replacePassword(db: Db, owner: Owner, passwordHash: string, charge: Charge): Promise<void> {
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
  const forgiven = charge.map(({ key }) => db.$with('forgiven', {}).as(forgive(key)))
  const rows = await db
    .with(changed, kept, ended, ...forgiven)
    .select()
    .from(changed)
  if (rows.length === 0) throw wrongPassword()
}

const wrongPassword = () =>
  new AppError('invalid', 'The current password is wrong.', {
    errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
  })
