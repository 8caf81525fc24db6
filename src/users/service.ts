import { and, eq, ne, or, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { actAs, asCaller, type Me } from '../access/act.ts'
import { type Caller, endsAllSessions } from '../access/caller.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Placeholders } from '../db/prepared.ts'
import { sqlError } from '../db/sql-error.ts'
import { takenProperties } from '../db/taken.ts'
import { noteEvent } from '../db/work.ts'
import { AppError, alreadyTaken, requireOne } from '../errors.ts'
import { hashPassword, NO_PASSWORD, OPERATOR } from '../identity/password.ts'
import type { Turn } from '../identity/queue.ts'
import { type UserRow, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { askToVerify, mailsAboutEmail, unverified } from './email.ts'
import type { NewUser, UserPatch } from './schema.ts'

/**
 * Registers a user and returns it; without a password nobody can sign in until a reset sets one. Throws `unavailable` when too many wait for a hash, and the database's unique violation,
 * which callers see as `conflict`.
 */
export async function createUser(
  db: Db,
  { password, ...profile }: NewUser,
  { scrypt }: Pick<Config, 'scrypt'>,
  turn: Turn = OPERATOR,
): Promise<UserRow> {
  const passwordHash = password === undefined ? NO_PASSWORD : await hashPassword(password, scrypt, turn)
  const created = db.$with('created').as(
    db
      .insert(users)
      .values({ ...profile, passwordHash })
      .returning(userColumns),
  )
  const queued = db.$with('queued').as(askToVerify(db, created))
  const [user] = await db.with(created, queued).select().from(created)
  return user as UserRow
}

/** Which user a request is about: the one with an id, or the caller. */
export type Target = number | 'me'

// For callers who are not admins other users do not exist: a 403 would tell which ids are taken.
function isTarget(me: Me, target: Target | Placeholder): SQL | undefined {
  if (target === 'me') return me.is(users.id)
  return and(eq(users.id, target), or(me.isAdmin, me.is(users.id)))
}

/** Returns a user. Throws `unauthenticated`, and `not_found` for another user unless the caller is an admin. */
export async function getUser(db: Db, caller: Caller, id: number): Promise<UserRow> {
  const { rows } = await selectUser(db, caller, { id })
  return requireOne(rows, 'user')
}

const selectUser = asCaller('select_user', (db, me, { id }: Placeholders<{ id: number }>) =>
  db.select(userColumns).from(users).where(isTarget(me, id)),
)

/**
 * Changes a user and returns it. Suspending a user ends its sessions. Throws `unauthenticated`,
 * `insufficient_user_authentication` for a new name, address or role, `not_found` like `getUser`,
 * `forbidden` for fields that only admins may change, and the database's unique violation, which callers see as `conflict`.
 */
export async function updateUser(db: Db, caller: Caller, target: Target, patch: UserPatch): Promise<UserRow> {
  const isForAdmins = patch.role !== undefined || patch.suspended !== undefined
  const { caller: who, rows } = await actAs(
    db,
    caller,
    (me) =>
      db
        .update(users)
        .set({ ...patch, ...unverified(patch), ...(patch.suspended && endsAllSessions) })
        .where(and(isTarget(me, target), isForAdmins ? me.isAdmin : undefined))
        .returning(userColumns),
    {
      also: (acted) => (patch.email === undefined ? [] : mailsAboutEmail(db, acted)),
      wantsProof: isSensitive(patch),
    },
  ).catch(async (error) => {
    throw (await takenError(db, caller, target, patch, error)) ?? error
  })
  if (isForAdmins && who.role !== 'admin' && (target === 'me' || target === who.id))
    throw new AppError('forbidden', 'Only admins may change role and suspended.')
  const user = requireOne(rows, 'user')
  if (patch.role !== undefined) noteEvent('role_changed', user.id)
  if (patch.suspended !== undefined) noteEvent(patch.suspended ? 'suspended' : 'restored', user.id)
  return user
}

// Whoever changes these can take the account over, or another one.
const isSensitive = ({ username, email, role }: UserPatch): boolean =>
  username !== undefined || email !== undefined || role !== undefined

// A unique violation names the first taken field only, so the others are looked up.
async function takenError(db: Db, caller: Caller, target: Target, patch: UserPatch, error: unknown) {
  if (sqlError(error)?.state !== '23505') return null
  const { rows } = await actAs(db, caller, (me) => {
    const others = ne(users.id, target === 'me' ? me.id : target)
    return db
      .select({ taken: takenProperties(users, patch, others).as('taken') })
      .from(sql`(select 1) as always`)
  })
  const taken = rows.flatMap((row) => row.taken)
  return taken.length > 0 ? alreadyTaken(taken) : null
}

/**
 * Deletes a user with all its sessions. Throws `unauthenticated`, `insufficient_user_authentication`, and `not_found` like
 * `getUser`.
 */
export async function deleteUser(db: Db, caller: Caller, target: Target): Promise<void> {
  const { rows } = await actAs(
    db,
    caller,
    (me) => db.delete(users).where(isTarget(me, target)).returning({ id: users.id }),
    { wantsProof: true },
  )
  requireOne(rows, 'user')
}
