import { eq, sql } from 'drizzle-orm'
import { type Caller, isLive, isProved, unauthenticated, unproved } from '../access/caller.ts'
import { chargeOf, charging } from '../access/charge.ts'
import { LIMITS } from '../access/limits.ts'
import { givingBack } from '../access/settle.ts'
import { sessions } from '../access/table.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { takenProperties } from '../db/taken.ts'
import { AppError, alreadyTaken } from '../errors.ts'
import { addressBlock } from '../http/address.ts'
import type { Client } from '../http/client.ts'
import { assertNotPwned } from '../identity/pwned.ts'
import type { Turn } from '../identity/queue.ts'
import type { UserRow } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import type { NewUser } from './schema.ts'
import { createUser } from './service.ts'

/** Who registers: a client, and the caller if a token was sent. */
export type Registrant = { client: Client; caller: Caller | null }

const { address } = LIMITS.register

/**
 * Registers a user and returns it. Admins may do so while registration is closed, without limit, with a role, and without a
 * password: an invitation. Throws, before any hash, `invalid` where others do the latter two, `insufficient_user_authentication` for a role, `registration_closed`, `unauthenticated` where an invalid token would have to open it, `too_many_attempts` for an address
 * that registers too often, and `conflict` for a taken name or email, which counts as a registration, so that nobody can try
 * any number of names; and what `createUser` throws.
 */
export async function register(
  db: Db,
  { client, caller }: Registrant,
  input: NewUser,
  config: Pick<Config, 'registration' | 'scrypt' | 'pwnedPasswords'>,
): Promise<UserRow> {
  const isOpen = config.registration === 'open'
  const forAdmins = whatIsForAdmins(input)
  if (!caller && isOpen && forAdmins) throw forAdmins
  const block = addressBlock(client.ip)
  const [found] = await takeRegistration(db, { client, caller }, input, isOpen)
  if (!isOpen && found?.role !== 'admin') {
    if (caller && !found?.role) throw unauthenticated()
    throw new AppError('registration_closed', 'Ask an admin for an account.')
  }
  if (forAdmins && found?.role !== 'admin') throw caller && !found?.role ? unauthenticated() : forAdmins
  if (input.role !== undefined && !found?.isProved) throw unproved()
  const charge = chargeOf(found?.outcome ?? '{}', [address], 'Too many registrations from your address')
  if (found && found.taken.length > 0) throw alreadyTaken(found.taken)
  const turn: Turn = { kind: 'registration', block, signal: client.signal }
  return givingBack(db, charge, async () => {
    if (input.password !== undefined) await assertNotPwned(input.password, '/password', config)
    return createUser(db, input, config, turn)
  })
}

function whatIsForAdmins({ role, password }: NewUser): AppError | null {
  const errors = [
    ...(password === undefined ? [{ pointer: '/password', detail: 'is required' }] : []),
    ...(role === undefined ? [] : [{ pointer: '/role', detail: 'is for admins to give' }]),
  ]
  return errors.length > 0 ? new AppError('invalid', 'The body is not valid; see errors.', { errors }) : null
}

// One statement: who registers, the charge for it unless it is an admin, and which values are taken.
function takeRegistration(
  db: Db,
  { client, caller }: Registrant,
  { password: _, role: __, ...profile }: NewUser,
  isOpen: boolean,
) {
  const sender = db.$with('caller').as(
    db
      .select({ role: users.role, isProved: isProved.as('is_proved') })
      .from(sessions)
      .innerJoin(users, isLive(caller?.rules.sessionMaxDays ?? 0))
      .where(eq(sessions.tokenDigest, sql`${caller?.tokenDigest ?? null}::text`)),
  )
  const isAdmin = sql`exists (select from ${sender} where ${sender.role} = 'admin')`
  const key = sql`case when not ${isAdmin} and ${isOpen}::boolean then 'register:' || ${addressBlock(client.ip)}::text end`
  const { ctes, outcome } = charging(db, [{ key, limit: address }])
  return db
    .with(sender, ...ctes)
    .select({ role: sender.role, isProved: sender.isProved, outcome, taken: takenProperties(users, profile) })
    .from(sql`(select 1) as always`)
    .leftJoin(sender, sql`true`)
}
