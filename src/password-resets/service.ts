import { and, eq, sql } from 'drizzle-orm'
import { endsAllSessions } from '../access/caller.ts'
import { chargeOf, charging } from '../access/charge.ts'
import { LIMITS } from '../access/limits.ts'
import { isPresented } from '../access/one-time.ts'
import { oneTimeTokens } from '../access/table.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { AppError, requireOne } from '../errors.ts'
import { addressBlock } from '../http/address.ts'
import type { Client } from '../http/client.ts'
import { hashPassword } from '../identity/password.ts'
import { assertNotPwned } from '../identity/pwned.ts'
import type { Turn } from '../identity/queue.ts'
import { isCalled, users } from '../identity/table.ts'
import { weaknessOf } from '../identity/weakness.ts'
import { queueMail } from '../mail/outbox.ts'
import type { Reset, ResetRequest } from './schema.ts'

const { address } = LIMITS.reset

/**
 * Queues a mail with a link to choose a new password, if the name or verified address is a user's who has a verified address.
 * Takes the same time for a name that nobody has. Throws `too_many_attempts`.
 */
export async function requestReset(db: Db, client: Client, { username }: ResetRequest): Promise<void> {
  const found = db.$with('found').as(
    db
      .select({ id: users.id, email: users.email })
      .from(users)
      .where(and(isCalled(username), eq(users.emailVerified, true))),
  )
  const key = sql`'reset:' || ${addressBlock(client.ip)}::text`
  const { ctes, outcome, isCharged } = charging(db, [{ key, limit: address }])
  const to = { userId: sql`${found.id}`, address: sql`${found.email}` }
  const queued = db.$with('queued').as(queueMail(db, 'password_reset', to, found, isCharged))
  const [row] = await db
    .with(found, ...ctes, queued)
    .select({ outcome })
    .from(sql`(select 1) as always`)
  chargeOf(row?.outcome ?? '{}', [address], 'Too many requests for a new password')
}

/**
 * Sets a new password by a single-use token, which is used up, and ends all sessions of its user. Throws `not_found` alike for
 * a used, expired, replaced or made-up token, `invalid` for a weak password, `too_many_attempts` and
 * `unavailable`.
 */
export async function resetPassword(
  db: Db,
  client: Client,
  token: string,
  { newPassword }: Reset,
  settings: Pick<Config, 'scrypt' | 'passwordBlocklist' | 'pwnedPasswords'>,
): Promise<void> {
  const holder = await findHolder(db, client, token)
  const weakness = weaknessOf(newPassword, holder, settings)
  if (weakness) {
    const errors = [{ pointer: '/newPassword', detail: weakness }]
    throw new AppError('invalid', `The password ${weakness}.`, { errors })
  }
  await assertNotPwned(newPassword, '/newPassword', settings)
  const turn: Turn = { kind: 'known', block: addressBlock(client.ip), signal: client.signal }
  const passwordHash = await hashPassword(newPassword, settings.scrypt, turn)
  const used = db
    .$with('used')
    .as(
      db
        .delete(oneTimeTokens)
        .where(isPresented('password_reset', token))
        .returning({ id: oneTimeTokens.userId }),
    )
  const changed = await db
    .with(used)
    .update(users)
    .set({ passwordHash, ...endsAllSessions })
    .where(eq(users.id, sql`(select ${used.id} from ${used})`))
    .returning({ id: users.id })
  requireOne(changed, 'token')
}

// Before the hash: who has no token must not make us compute one.
async function findHolder(
  db: Db,
  client: Client,
  token: string,
): Promise<{ username: string; email: string | null }> {
  const holder = db
    .$with('holder')
    .as(
      db
        .select({ username: users.username, email: users.email })
        .from(oneTimeTokens)
        .innerJoin(users, eq(users.id, oneTimeTokens.userId))
        .where(isPresented('password_reset', token)),
    )
  const key = sql`'token:' || ${addressBlock(client.ip)}::text`
  const { ctes, outcome } = charging(db, [{ key, limit: address }])
  const [row] = await db
    .with(holder, ...ctes)
    .select({ username: holder.username, email: holder.email, outcome })
    .from(sql`(select 1) as always`)
    .leftJoin(holder, sql`true`)
  chargeOf(row?.outcome ?? '{}', [address], 'Too many attempts with a token')
  if (!row?.username) return requireOne([], 'token')
  return { username: row.username, email: row.email }
}
