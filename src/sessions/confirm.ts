import { and, eq, sql } from 'drizzle-orm'
import { attempted } from '../access/attempts.ts'
import { type Caller, isLive, nextExpiry } from '../access/caller.ts'
import type { Charge } from '../access/charge.ts'
import { takeOwnAttempt } from '../access/own-attempt.ts'
import { settling } from '../access/settle.ts'
import { sessions } from '../access/table.ts'
import { digest, newToken } from '../access/token.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { addressBlock } from '../http/address.ts'
import type { Client } from '../http/client.ts'
import type { Turn } from '../identity/queue.ts'
import { users } from '../identity/table.ts'

/**
 * Notes that the caller has given the password, and replaces the session's token, so that whoever else holds the old one has
 * nothing. Returns the new token and when it expires. Throws `unauthenticated`, `too_many_attempts`, `unavailable`, and
 * `invalid` for a wrong password, which counts as an attempt to sign in.
 */
export async function confirmSession(
  db: Db,
  { caller, client }: { caller: Caller; client: Client },
  password: string,
  settings: Pick<Config, 'scrypt'>,
): Promise<{ token: string; expiresAt: Date }> {
  const { owner, charge } = await takeOwnAttempt(db, caller, { renews: true })
  const turn: Turn = { kind: 'known', block: addressBlock(client.ip), signal: client.signal }
  return attempted(db, { charge, turn }, async (verify) => {
    if (!(await verify(password, owner.passwordHash, settings.scrypt))) throw wrongPassword()
    const token = newToken()
    const expiresAt = await rotate(db, caller, owner, digest(token), charge)
    return { token, expiresAt }
  })
}

// The old token and the old hash are asked for again: either may have been replaced while this one was hashing.
async function rotate(
  db: Db,
  { tokenDigest, rules }: Caller,
  owner: { sessionId: number; passwordHash: string },
  newDigest: string,
  charge: Charge,
): Promise<Date> {
  const confirmed = db.$with('confirmed').as(
    db
      .update(sessions)
      .set({
        tokenDigest: newDigest,
        confirmedAt: sql`now()`,
        lastUsedAt: sql`now()`,
        expiresAt: nextExpiry(rules),
      })
      .from(users)
      .where(
        and(
          eq(sessions.id, owner.sessionId),
          eq(sessions.tokenDigest, tokenDigest),
          isLive(rules.sessionMaxDays),
          eq(users.passwordHash, owner.passwordHash),
        ),
      )
      .returning({ expiresAt: sessions.expiresAt }),
  )
  const [session] = await db.with(confirmed, settling(db, charge)).select().from(confirmed)
  if (!session) throw wrongPassword()
  return session.expiresAt
}

const wrongPassword = () =>
  new AppError('invalid', 'The password is wrong.', {
    errors: [{ pointer: '/password', detail: 'is wrong' }],
  })
