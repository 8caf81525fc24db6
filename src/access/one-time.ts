import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Db } from '../db/db.ts'
import { users } from '../identity/table.ts'
import { oneTimeTokens } from './table.ts'
import { digest, isToken } from './token.ts'

/** A single-use token in a path. */
export const SingleUseToken = z
  .string()
  .refine(isToken)
  .meta({ openapi: { type: 'string', minLength: 43, maxLength: 43 } })

/** What a single-use token lets its holder do. */
export type Purpose = (typeof oneTimeTokens.$inferSelect)['purpose']

// A reset is asked for and used at once (OWASP Forgot Password Cheat Sheet: a short time); a new address may be read tomorrow.
const HOURS: Record<Purpose, number> = { password_reset: 1, email_verification: 24 }

/**
 * The statement that stores the digest of `token` for the users that `where` selects, in place of an older token of the same
 * purpose. `sentTo` is the address that it is mailed to, null for a token that is handed out. Returns when it expires.
 */
export function storeToken(
  db: Db,
  purpose: Purpose,
  where: SQL | undefined,
  { token, sentTo }: { token: string; sentTo: string | null },
) {
  const stored = digest(token)
  const expiresAt = sql<Date>`now() + make_interval(hours => ${HOURS[purpose]}::int)`
  const row = db
    .select({
      userId: users.id,
      purpose: sql<Purpose>`${purpose}::${sql.identifier(oneTimeTokens.purpose.getSQLType())}`.as('purpose'),
      digest: sql<string>`${stored}::text`.as('digest'),
      sentTo: sql<string | null>`${sentTo}::text`.as('sent_to'),
      expiresAt: expiresAt.as('expires_at'),
    })
    .from(users)
    .where(where)
  return db
    .insert(oneTimeTokens)
    .select(row)
    .onConflictDoUpdate({
      target: [oneTimeTokens.userId, oneTimeTokens.purpose],
      set: { digest: stored, sentTo, expiresAt },
    })
    .returning({ userId: oneTimeTokens.userId, expiresAt: oneTimeTokens.expiresAt })
}

/** The condition that a stored token is the one presented, for its purpose, and has not expired. */
export const isPresented = (purpose: Purpose, token: string): SQL | undefined =>
  and(
    eq(oneTimeTokens.purpose, purpose),
    eq(oneTimeTokens.digest, digest(token)),
    gt(oneTimeTokens.expiresAt, sql`now()`),
  )
