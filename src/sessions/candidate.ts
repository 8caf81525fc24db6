import { sql } from 'drizzle-orm'
import { textOf } from '../access/attempts.ts'
import { type Charge, chargeOf, charging } from '../access/charge.ts'
import { LIMITS } from '../access/limits.ts'
import { isKnownPlace } from '../access/places.ts'
import { digest } from '../access/token.ts'
import type { Db } from '../db/db.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { AppError } from '../errors.ts'
import { type UserRow, userColumns } from '../identity/schema.ts'
import { isCalled, users } from '../identity/table.ts'

/** The user who may be signing in, whether from a place that the user knows, and what the attempt was charged to. */
export type Attempt = { candidate: Candidate | null; isKnownPlace: boolean; charge: Charge }

/** A user with the stored hash of the password. */
export type Candidate = UserRow & { passwordHash: string }

const { address, place, newPlaces, knownPlaces } = LIMITS.signIn

/**
 * Charges an attempt to sign in and returns whom it is for, in one statement. The address is asked first, then the account's
 * share of the place, so that what these refuse costs the account nothing. Throws `too_many_attempts`.
 */
export async function takeAttempt(db: Db, block: string, name: string): Promise<Attempt> {
  // What is typed as a name can be a password by mistake, so an unknown one is stored as a digest only.
  const [row] = await attempt(db, { name, nameDigest: digest(name), block })
  if (!row) throw new AppError('unavailable', 'The database gave no answer; try again shortly.')
  const limits = [address, place, newPlaces, knownPlaces]
  const charge = chargeOf(row.outcome, limits, 'Too many attempts to sign in')
  return { candidate: row.candidate, isKnownPlace: row.isKnownPlace, charge }
}

type Values = { name: string; nameDigest: string; block: string }

const attempt = prepared('take_attempt', (db, values: Placeholders<Values>) => {
  const candidate = db.$with('candidate').as(
    db
      .select({ ...userColumns, passwordHash: users.passwordHash })
      .from(users)
      .where(isCalled(values.name)),
  )
  const account = db.$with('account', {}).as(sql`
    select
      coalesce((select 'user:' || ${candidate.id} from ${candidate}), 'name:' || ${textOf(values.nameDigest)}) as account,
      ${isKnownPlace(candidate, values.block)} as is_known`)
  const block = textOf(values.block)
  const { ctes, outcome } = charging(db, [
    { key: sql`'address:' || ${block}`, limit: address },
    { key: sql`(select account || '@' || ${block} from ${account})`, limit: place },
    { key: sql`(select account from ${account} where not is_known)`, limit: newPlaces },
    { key: sql`(select 'known:' || account from ${account} where is_known)`, limit: knownPlaces },
  ])
  const isKnown = sql<boolean>`(select is_known from ${account})`
  return db
    .with(candidate, account, ...ctes)
    .select({ candidate: candidate._.selectedFields, isKnownPlace: isKnown, outcome })
    .from(sql`(select 1) as always`)
    .leftJoin(candidate, sql`true`)
})
