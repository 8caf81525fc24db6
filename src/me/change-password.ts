import { and, eq, inArray, sql } from 'drizzle-orm'
import { accountKey, attempted, type Place, placeOf } from '../access/attempts.ts'
import { type Caller, endsAllSessions, isLive, unauthenticated } from '../access/caller.ts'
import { type Charge, chargeOf, charging, forgiving } from '../access/charge.ts'
import { PASSWORDS_OF_ACCOUNT } from '../access/limits.ts'
import { sessions } from '../access/table.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { AppError } from '../errors.ts'
import { hashPassword } from '../identity/password.ts'
import { isUsername } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import type { PasswordChange } from './schema.ts'

/** Who changes a password, and from which address. */
export type Changer = { caller: Caller; ip: string | null }

/**
 * Changes the caller's password and ends every other session. The current password is an attempt like one to sign in, and is
 * charged to the same limit of the account. Throws `unauthenticated`, `too_many_attempts`, `unavailable`, and `invalid` for a
 * wrong current password or a new one that is the user name.
 */
export async function changePassword(
  db: Db,
  { caller, ip }: Changer,
  { currentPassword, newPassword }: PasswordChange,
  { scrypt }: Pick<Config, 'scrypt'>,
): Promise<void> {
  const [owner] = await takeChange(db, { tokenDigest: caller.tokenDigest, ...placeOf(ip) })
  if (!owner) throw unauthenticated()
  const charge = chargeOf(owner.outcome, [PASSWORDS_OF_ACCOUNT], 'Too many attempts to give the password')
  await attempted(db, charge, async (verify) => {
    if (isUsername(newPassword, owner.username)) throw refused('/newPassword', 'must not be the user name')
    if (!(await verify(currentPassword, owner.passwordHash, scrypt))) throw wrongPassword()
    await replacePassword(db, owner, await hashPassword(newPassword, scrypt), charge)
  })
}

type Owner = { id: number; passwordHash: string; sessionId: number }

// One statement: whose token it is, and the charge for the attempt.
const takeChange = prepared(
  'take_change',
  (db, values: Placeholders<Place & Pick<Caller, 'tokenDigest'>>) => {
    const owner = db.$with('owner').as(
      db
        .select({
          id: users.id,
          username: users.username,
          passwordHash: users.passwordHash,
          sessionId: sql<number>`${sessions.id}`.as('session_id'),
        })
        .from(sessions)
        .innerJoin(users, isLive())
        .where(eq(sessions.tokenDigest, values.tokenDigest)),
    )
    const limit = PASSWORDS_OF_ACCOUNT
    const { ctes, outcome } = charging(db, [{ key: accountKey(db, owner, values), limit }])
    return db
      .with(owner, ...ctes)
      .select({ ...owner._.selectedFields, outcome })
      .from(owner)
  },
)

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
      .set({ epoch: sql`(select ${changed.epoch} from ${changed})` })
      .where(
        and(
          eq(sessions.id, owner.sessionId),
          inArray(sessions.userId, db.select({ id: changed.id }).from(changed)),
        ),
      )
      .returning({ id: sessions.id }),
  )
  const forgiven = charge.map(({ key }) => forgiving(db, key))
  const rows = await db
    .with(changed, kept, ...forgiven)
    .select()
    .from(changed)
  if (rows.length === 0) throw wrongPassword()
}

const refused = (pointer: string, detail: string) =>
  new AppError('invalid', `The password ${detail}.`, { errors: [{ pointer, detail }] })

const wrongPassword = () =>
  new AppError('invalid', 'The current password is wrong.', {
    errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
  })
