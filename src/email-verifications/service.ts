import { and, eq, sql } from 'drizzle-orm'
import { isPresented } from '../access/one-time.ts'
import { oneTimeTokens } from '../access/table.ts'
import type { Db } from '../db/db.ts'
import { requireOne } from '../errors.ts'
import { users } from '../identity/table.ts'

/**
 * Marks the address that a single-use token was sent to as its user's, and uses the token up. Throws `not_found` alike for a
 * used, expired, replaced or made-up token and for a user who has another address by now, and the database's unique violation
 * when another user verified the address before, which callers see as `conflict`; then nothing changes.
 */
export async function verifyEmail(db: Db, token: string): Promise<void> {
  const used = db
    .$with('used')
    .as(
      db
        .delete(oneTimeTokens)
        .where(isPresented('email_verification', token))
        .returning({ userId: oneTimeTokens.userId, sentTo: oneTimeTokens.sentTo }),
    )
  const verified = await db
    .with(used)
    .update(users)
    .set({ emailVerified: true })
    .where(
      and(
        eq(users.id, sql`(select ${used.userId} from ${used})`),
        eq(users.email, sql`(select ${used.sentTo} from ${used})`),
      ),
    )
    .returning({ id: users.id })
  requireOne(verified, 'token')
}
