import type { Db } from '../../src/db/db.ts'
import type { UserRow } from '../../src/identity/schema.ts'
import { signIn } from '../../src/sessions/sign-in.ts'
import { promoteUser } from '../../src/users/operator.ts'
import { createUser } from '../../src/users/service.ts'
import { db } from './db.ts'
import { config } from './http.ts'

/** The password of every user that a factory makes. */
export const PASSWORD = 'correct horse'

let sequence = 0

/** Registers a user; what `fields` leaves out is unique and valid. */
export async function user(
  fields: { username?: string; email?: string | null } = {},
  on: Db = db,
): Promise<UserRow> {
  const username = fields.username ?? `user-${++sequence}`
  return createUser(on, { email: null, ...fields, username, password: PASSWORD }, config)
}

/** Makes an admin. */
export async function admin(fields: { username?: string } = {}): Promise<UserRow> {
  const { id } = await user(fields)
  return promoteUser(db, id)
}

/** Signs `who` in, or a new user, and returns the user with the session's token. */
export async function signedIn(who?: UserRow, on: Db = db): Promise<{ user: UserRow; token: string }> {
  const owner = who ?? (await user({}, on))
  const client = { ip: '192.0.2.1', userAgent: 'tests' }
  const { token } = await signIn(on, client, { username: owner.username, password: PASSWORD }, config)
  return { user: owner, token }
}
