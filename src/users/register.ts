import { and, eq, sql } from 'drizzle-orm'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Charge, chargeOf, charging, givingBack } from '../sessions/charge.ts'
import { REGISTRATIONS_OF_ADDRESS } from '../sessions/limits.ts'
import { isLive, mayUse } from '../sessions/live.ts'
import { sessions } from '../sessions/table.ts'
import { block, placeOf } from '../sessions/throttle.ts'
import { assertPasswordAllowed, type PasswordPolicy } from './password.ts'
import type { NewUser } from './schema.ts'
import { createUser, type UserRow } from './service.ts'
import { users } from './table.ts'

/** Who registers: an address, and the digest of a token if one was sent, since an admin's registrations are not limited. */
export type Registrant = { ip: string | null; tokenDigest: string | null }

/**
 * Registers a user and returns it. Throws, before any hash, `invalid` for a password that the policy refuses,
 * `too_many_attempts` for an address that registers too often, and `conflict` for a taken name or email, which counts as a
 * registration so that nobody can ask for any number of names; and what `createUser` throws.
 */
export async function register(
  db: Db,
  registrant: Registrant,
  input: NewUser,
  policy: PasswordPolicy,
): Promise<UserRow> {
  assertPasswordAllowed(input.password, input.username, policy, '/password')
  const charge = await takeRegistration(db, registrant, input)
  return givingBack(db, charge, () => createUser(db, input, policy))
}

async function takeRegistration(db: Db, { ip, tokenDigest }: Registrant, input: NewUser): Promise<Charge> {
  const { username, email } = input
  const [row] = await registration(db).execute({ ...placeOf(ip), tokenDigest, username, email })
  if (!row) throw new AppError('unavailable', 'The database gave no answer; try again shortly.')
  const charge = chargeOf(row.outcome, [REGISTRATIONS_OF_ADDRESS], 'Too many registrations from your address')
  if (row.taken) throw alreadyTaken(row.taken)
  return charge
}

const registration = prepared((db) => {
  const [username, email] = [
    sql`${sql.placeholder('username')}::text`,
    sql`${sql.placeholder('email')}::text`,
  ]
  const admin = db.$with('admin').as(
    db
      .select({ id: users.id })
      .from(sessions)
      .innerJoin(users, mayUse)
      .where(and(isLive(sql.placeholder('tokenDigest')), eq(users.role, 'admin'))),
  )
  const key = sql`(select 'register:' || ${block} where not exists (select from admin))`
  const { ctes, outcome } = charging(db, [{ key, limit: REGISTRATIONS_OF_ADDRESS }])
  const taken = sql<string | null>`coalesce(
    (select 'username' from users where username = ${username}), (select 'email' from users where email = ${email}))`
  return db
    .with(admin, ...ctes)
    .select({ outcome, taken })
    .from(sql`(select 1) as always`)
    .prepare('take_registration')
})

// What `database-problem.ts` says of the unique violation, to which the same comes when two register one name at once.
const alreadyTaken = (field: string) =>
  new AppError('conflict', `This ${field} is already taken.`, {
    errors: [{ pointer: `/${field}`, detail: 'is already taken' }],
  })
