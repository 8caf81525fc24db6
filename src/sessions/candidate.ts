import { eq, or, sql } from 'drizzle-orm'
import { accountKey, type Place, placeOf, textOf } from '../access/attempts.ts'
import { type Charge, chargeOf, charging } from '../access/charge.ts'
import { PASSWORDS_OF_ACCOUNT, SIGN_INS_OF_ADDRESS } from '../access/limits.ts'
import { digest } from '../access/token.ts'
import type { Db } from '../db/db.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { AppError } from '../errors.ts'
import { type UserRow, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'

/** The user who may be signing in, what the attempt was charged to, and the key to forgive when the password is right. */
export type Attempt = { candidate: Candidate | null; charge: Charge; accountKey: string }

/** A user with the stored hash of the password. */
export type Candidate = UserRow & { passwordHash: string }

/**
 * Charges an attempt to sign in and returns whom it is for, in one statement. The address is asked first: what it refuses
 * costs the account nothing. Throws `too_many_attempts`.
 */
export async function takeAttempt(db: Db, ip: string | null, name: string): Promise<Attempt> {
  // What is typed as a name can be a password by mistake, so an unknown one is stored as a digest only.
  const [row] = await attempt(db, { name, nameDigest: digest(name), ...placeOf(ip) })
  if (!row) throw new AppError('unavailable', 'The database gave no answer; try again shortly.')
  const limits = [SIGN_INS_OF_ADDRESS, PASSWORDS_OF_ACCOUNT]
  const charge = chargeOf(row.outcome, limits, 'Too many attempts to sign in')
  return { candidate: row.candidate, charge, accountKey: charge.at(-1)?.key ?? '' }
}

type Values = Place & { name: string; nameDigest: string }

const attempt = prepared('take_attempt', (db, values: Placeholders<Values>) => {
  const candidate = db.$with('candidate').as(
    db
      .select({ ...userColumns, passwordHash: users.passwordHash })
      .from(users)
      .where(or(eq(users.username, values.name), eq(users.email, values.name))),
  )
  const { ctes, outcome } = charging(db, [
    { key: sql`'address:' || ${textOf(values.block)}`, limit: SIGN_INS_OF_ADDRESS },
    {
      key: sql`coalesce(${accountKey(db, candidate, values)}, 'name:' || ${textOf(values.nameDigest)})`,
      limit: PASSWORDS_OF_ACCOUNT,
    },
  ])
  return db
    .with(candidate, ...ctes)
    .select({ candidate: candidate._.selectedFields, outcome })
    .from(sql`(select 1) as always`)
    .leftJoin(candidate, sql`true`)
})
