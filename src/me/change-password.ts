import { and, eq, inArray, sql } from 'drizzle-orm'
import { attempted } from '../access/attempts.ts'
import { type Caller, endsAllSessions, unproved } from '../access/caller.ts'
import type { Charge } from '../access/charge.ts'
import { takeOwnAttempt } from '../access/own-attempt.ts'
import { settling } from '../access/settle.ts'
import { sessions } from '../access/table.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { noteEvent } from '../db/work.ts'
import { AppError } from '../errors.ts'
import { addressBlock } from '../http/address.ts'
import type { Client } from '../http/client.ts'
import { hashPassword } from '../identity/password.ts'
import { assertNotPwned } from '../identity/pwned.ts'
import type { Turn } from '../identity/queue.ts'
import { users } from '../identity/table.ts'
import { weaknessOf } from '../identity/weakness.ts'
import type { PasswordChange } from './schema.ts'

/** Who changes a password, and from where. */
export type Changer = { caller: Caller; client: Client }

/**
 * Changes the caller's password and ends every other session. A wrong current password counts as an attempt of the session,
 * which strangers cannot use up. Throws `unauthenticated`, `insufficient_user_authentication`, `too_many_attempts`, `unavailable`, and `invalid` for a
 * wrong current password or a new one that is the user name.
 */
export async function changePassword(
  db: Db,
  { caller, client }: Changer,
  { currentPassword, newPassword }: PasswordChange,
  settings: Pick<Config, 'scrypt' | 'passwordBlocklist' | 'pwnedPasswords'>,
): Promise<void> {
  const { owner, charge } = await takeOwnAttempt(db, caller, { renews: false })
  if (!owner.isProved) throw unproved()
  const turn: Turn = { kind: 'known', block: addressBlock(client.ip), signal: client.signal }
  await attempted(db, { charge, turn }, async (verify) => {
    const weakness = weaknessOf(newPassword, owner, settings)
    if (weakness) throw refused('/newPassword', weakness)
    await assertNotPwned(newPassword, '/newPassword', settings)
    if (!(await verify(currentPassword, owner.passwordHash, settings.scrypt))) throw wrongPassword()
    await replacePassword(db, owner, await hashPassword(newPassword, settings.scrypt, turn), charge)
    noteEvent('password_changed', owner.id)
  })
}

type Owner = { id: number; passwordHash: string; sessionId: number }

// One statement: the password, the sessions, and the attempts, which a right password forgives.
async function replacePassword(db: Db, owner: Owner, passwordHash: string, charge: Charge): Promise<void> {
  // The old hash is asked for again: of two changes at once, only one was made knowing the current password.
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({ passwordHash, ...endsAllSessions })
      .where(and(eq(users.id, owner.id), eq(users.passwordHash, owner.passwordHash)))
      .returning({ id: users.id, epoch: users.sessionEpoch }),
  )
  const kept = db.$with('kept').as(
    db
      .update(sessions)
      .set({ epoch: sql`(select ${changed.epoch} from ${changed})`, confirmedAt: sql`now()` })
      .where(
        and(
          eq(sessions.id, owner.sessionId),
          inArray(sessions.userId, db.select({ id: changed.id }).from(changed)),
        ),
      )
      .returning({ id: sessions.id }),
  )
  const rows = await db.with(changed, kept, settling(db, charge)).select().from(changed)
  if (rows.length === 0) throw wrongPassword()
}

const refused = (pointer: string, detail: string) =>
  new AppError('invalid', `The password ${detail}.`, { errors: [{ pointer, detail }] })

const wrongPassword = () =>
  new AppError('invalid', 'The current password is wrong.', {
    errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
  })
