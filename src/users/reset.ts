import { and, eq } from 'drizzle-orm'
import { actAs } from '../access/act.ts'
import type { AdminCaller } from '../access/caller.ts'
import { storeToken } from '../access/one-time.ts'
import { newToken } from '../access/token.ts'
import type { Db } from '../db/db.ts'
import { requireOne } from '../errors.ts'
import { users } from '../identity/table.ts'

/**
 * Returns a token with which a user can choose a new password, so that no admin ever knows one. An older token of the user
 * becomes invalid. Throws `unauthenticated`, `insufficient_user_authentication`, `forbidden` and `not_found`.
 */
export async function issueReset(db: Db, caller: AdminCaller, id: number) {
  const token = newToken()
  const { rows } = await actAs(
    db,
    caller,
    (me) => storeToken(db, 'password_reset', and(eq(users.id, id), me.isAdmin), { token, sentTo: null }),
    { wantsProof: true }, // it can open any account
  )
  return { token, expiresAt: requireOne(rows, 'user').expiresAt }
}
