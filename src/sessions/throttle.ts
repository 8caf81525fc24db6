import { eq, or, type SQL, sql } from 'drizzle-orm'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { verifyPassword } from '../users/password.ts'
import type { UserRow } from '../users/service.ts'
import { users } from '../users/table.ts'
import { addressBlock } from './address.ts'
import { type Charge, chargeOf, charging, givingBack, isOurFailure } from './charge.ts'
import { PASSWORDS_OF_ACCOUNT, SIGN_INS_OF_ADDRESS } from './limits.ts'
import { digest } from './token.ts'

/** The user who may be signing in, what the attempt was charged to, and the key to forgive when the password is right. */
export type Attempt = {
  candidate: (UserRow & { passwordHash: string }) | null
  charge: Charge
  accountKey: string
}

/**
 * Charges an attempt to sign in and returns whom it is for, in one statement. The address is asked first: what it refuses
 * costs the account nothing. Throws `too_many_attempts`.
 */
export async function takeAttempt(db: Db, ip: string | null, name: string): Promise<Attempt> {
  // What is typed as a name can be a password by mistake, so an unknown one is kept as a digest only.
  const values = { name, nameDigest: await digest(name), ...placeOf(ip) }
  const [row] = await attempt(db).execute(values)
  if (!row) throw new AppError('unavailable', 'The database gave no answer; try again shortly.')
  const limits = [SIGN_INS_OF_ADDRESS, PASSWORDS_OF_ACCOUNT]
  const charge = chargeOf(row.outcome, limits, 'Too many attempts to sign in')
  return { candidate: row.candidate, charge, accountKey: charge.at(-1)?.key ?? '' }
}

/**
 * Runs `work` for an attempt that was charged, and hands it the function that compares passwords, which nothing else may use.
 * An attempt that compares none, or fails for a reason of ours, such as a full queue of hashes, is given back.
 */
export function attempted<Result>(
  db: Db,
  charge: Charge,
  work: (verify: typeof verifyPassword) => Promise<Result>,
): Promise<Result> {
  let hasCompared = false
  const verify: typeof verifyPassword = async (...compared) => {
    const isRight = await verifyPassword(...compared)
    hasCompared = true
    return isRight
  }
  return givingBack(
    db,
    charge,
    () => work(verify),
    (error) => !hasCompared || isOurFailure(error),
  )
}

/** The values of the placeholders in `block` and `accountKey`. */
export const placeOf = (ip: string | null) => ({ ip, block: ip && addressBlock(ip) })

/** The block of the caller's address, null where the address is not known. */
export const block = sql`${sql.placeholder('block')}::text`

/**
 * The key of the account of the one row in the CTE `user`, null without a row. Strangers share one key of an account; an
 * address with a session of the account has its own, so that nobody can lock an owner out of a place that the owner uses.
 */
export const accountKey = (user: string): SQL => sql`(
  select 'user:' || id || coalesce((
    select '@' || ${block} from sessions
    where user_id = ${sql.raw(user)}.id and ip = ${sql.placeholder('ip')}::text and expires_at > now() limit 1
  ), '') from ${sql.raw(user)})`

const attempt = prepared((db) => {
  const name = sql.placeholder('name')
  const candidate = db.$with('candidate').as(
    db
      .select()
      .from(users)
      .where(or(eq(users.username, name), eq(users.email, name))),
  )
  const { ctes, outcome } = charging(db, [
    { key: sql`'address:' || ${block}`, limit: SIGN_INS_OF_ADDRESS },
    {
      key: sql`coalesce(${accountKey('candidate')}, 'name:' || ${sql.placeholder('nameDigest')}::text)`,
      limit: PASSWORDS_OF_ACCOUNT,
    },
  ])
  return db
    .with(candidate, ...ctes)
    .select({
      candidate: {
        id: candidate.id,
        username: candidate.username,
        email: candidate.email,
        passwordHash: candidate.passwordHash,
        role: candidate.role,
        suspended: candidate.suspended,
        createdAt: candidate.createdAt,
        updatedAt: candidate.updatedAt,
      },
      outcome,
    })
    .from(sql`(select 1) as always`)
    .leftJoin(candidate, sql`true`)
    .prepare('take_attempt')
})
