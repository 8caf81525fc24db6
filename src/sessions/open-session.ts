import { and, desc, eq, inArray, lte, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { daysOf, type SessionRules } from '../access/caller.ts'
import type { Charge } from '../access/charge.ts'
import { remembering } from '../access/places.ts'
import { settling } from '../access/settle.ts'
import { sessions } from '../access/table.ts'
import type { Db } from '../db/db.ts'
import { InsertFrom } from '../db/insert.ts'
import type { Client } from '../http/client.ts'
import { users } from '../identity/table.ts'

/** A session to open from a place. `newHash` differs from `oldHash` where the password was hashed again at today's cost. */
export type Opening = {
  userId: number
  oldHash: string
  newHash: string
  charge: Charge
  block: string
  tokenDigest: string
  rules: SessionRules
}

/** How many sessions a user has at most; the oldest ones end first. */
export const MOST_SESSIONS = 100

/**
 * Opens a session, stores a new hash, remembers the place, settles the charge and deletes the user's ended sessions, in one statement.
 * Returns when the session expires, or null when no user has the old hash: it may have been changed, or the user deleted,
 * while this sign-in was hashing. The lock waits for such a change to finish.
 */
export async function openSession(db: Db, { ip, userAgent }: Client, opening: Opening): Promise<Date | null> {
  const { userId, oldHash, newHash, charge, block, tokenDigest, rules } = opening
  const unchanged = db.$with('unchanged').as(
    db
      .select({ id: users.id, epoch: users.sessionEpoch })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.passwordHash, oldHash), eq(users.suspended, false)))
      .for('no key update'),
  )
  const values = {
    userId: sql`${unchanged.id}`,
    epoch: sql`${unchanged.epoch}`,
    tokenDigest,
    userAgent,
    ip,
    expiresAt: sql`now() + ${daysOf(Math.min(rules.sessionDays, rules.sessionMaxDays))}`,
  }
  const opened = db.$with('opened').as(new InsertFrom(sessions, values, unchanged))
  const rehashed = db.$with('rehashed').as(
    db
      .update(users)
      .set({ passwordHash: newHash, updatedAt: sql`${users.updatedAt}` })
      .where(inArray(users.id, db.select({ id: unchanged.id }).from(unchanged)))
      .returning({ id: users.id }),
  )
  const own = alias(sessions, 'own')
  const isSurplus = inArray(
    sessions.id,
    db
      .select({ id: own.id })
      .from(own)
      .where(eq(own.userId, userId))
      .orderBy(desc(own.id))
      .offset(MOST_SESSIONS - 1),
  )
  const isEnded = or(
    lte(sessions.expiresAt, sql`now()`),
    ne(sessions.epoch, sql`(select ${unchanged.epoch} from ${unchanged})`),
    isSurplus,
  )
  const ended = db.$with('ended').as(
    db
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), isEnded))
      .returning({ id: sessions.id }),
  )
  const ctes = [unchanged, opened, ended, ...remembering(db, unchanged, block), settling(db, charge)]
  const [session] = await db
    .with(...ctes, ...(newHash === oldHash ? [] : [rehashed]))
    .select({ expiresAt: opened.expiresAt })
    .from(opened)
  return session?.expiresAt ?? null
}
