import { and, asc, desc, eq, getTableColumns, like, sql } from 'drizzle-orm'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { encodeCursor, type Page } from '../http/pages.ts'
import { sessions } from '../sessions/table.ts'
import { assertPasswordAllowed, hashForRegistration, type PasswordPolicy } from './password.ts'
import type { NewUser, UserPatch, UserQuery } from './schema.ts'
import { users } from './table.ts'

const { passwordHash: _hash, passwordVersion: _version, ...columns } = getTableColumns(users)

/** The columns of a user that may leave this folder: all but those of the password. */
export const userColumns = columns

/** A stored user without what is about the password. */
export type UserRow = Omit<typeof users.$inferSelect, 'passwordHash' | 'passwordVersion'>

/** Registers a user and returns it. Throws `invalid` for a password the policy refuses, `unavailable` when too many wait for a hash, and the database's unique violation, which callers are told as `conflict`. */
export async function createUser(db: Db, input: NewUser, policy: PasswordPolicy): Promise<UserRow> {
  const { password, ...fields } = input
  assertPasswordAllowed(password, fields.username, policy, '/password')
  const passwordHash = await hashForRegistration(password, policy.scrypt)
  const [user] = await insertUser(db).execute({ ...fields, passwordHash })
  return user as UserRow
}

const insertUser = prepared((db) => {
  const { placeholder } = sql
  const values = {
    username: placeholder('username'),
    email: placeholder('email'),
    passwordHash: placeholder('passwordHash'),
  }
  return db.insert(users).values(values).returning(userColumns).prepare('insert_user')
})

/** Returns a user. Throws `not_found`. */
export async function getUser(db: Db, id: number): Promise<UserRow> {
  const [user] = await selectUser(db).execute({ id })
  return user ?? noSuchUser()
}

const selectUser = prepared((db) =>
  db
    .select(userColumns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('select_user'),
)

/** Returns the user with this normalised name, or null. */
export async function findUser(db: Db, username: string): Promise<UserRow | null> {
  const [user] = await db.select(userColumns).from(users).where(eq(users.username, username))
  return user ?? null
}

const sortColumns = { id: users.id, username: users.username, createdAt: users.createdAt }

/** Returns one page of users. Any page costs what the first one costs, since each is read from an index where the last ended. */
export async function listUsers(db: Db, { limit, cursor, q, sort }: UserQuery): Promise<Page<UserRow>> {
  const name = sort.replace('-', '') as keyof typeof sortColumns
  const [column, isDescending] = [sortColumns[name], sort.startsWith('-')]
  const direction = isDescending ? desc : asc
  // The comparison of whole rows is what lets Postgres jump to the position in the index.
  const after =
    cursor && sql`(${column}, ${users.id}) ${sql.raw(isDescending ? '<' : '>')} (${cursor[1]}, ${cursor[2]})`
  const prefix = q ? like(users.username, `${q.replace(/[\\%_]/g, '\\$&')}%`) : undefined
  const rows = await db
    .select(userColumns)
    .from(users)
    .where(and(after, prefix))
    .orderBy(direction(column), direction(users.id))
    .limit(limit + 1) // one more tells whether there is a next page
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last ? encodeCursor([sort, last[name], last.id]) : null }
}

/** Changes a user and returns it; suspending one ends its sessions. Throws `not_found`, and the database's unique violation, which callers are told as `conflict`. */
export async function updateUser(db: Db, id: number, patch: UserPatch): Promise<UserRow> {
  const ended = db
    .$with('ended')
    .as(db.delete(sessions).where(eq(sessions.userId, id)).returning({ id: sessions.id }))
  const [user] = await db
    .with(...(patch.suspended ? [ended] : []))
    .update(users)
    .set(patch)
    .where(eq(users.id, id))
    .returning(userColumns)
  return user ?? noSuchUser()
}

/** Deletes a user with all its sessions. Throws `not_found`. */
export async function deleteUser(db: Db, id: number): Promise<void> {
  const deleted = await db.delete(users).where(eq(users.id, id)).returning({ id: users.id })
  if (deleted.length === 0) noSuchUser()
}

/** Whether a patch touches what only admins may change. */
export const isForAdmins = (patch: UserPatch): boolean =>
  patch.role !== undefined || patch.suspended !== undefined

/** Throws `forbidden`, since a patch touches what only admins may change. */
export function forAdminsOnly(): never {
  throw new AppError('forbidden', 'Only admins may change role and suspended.')
}

/** Throws `not_found`. */
export function noSuchUser(): never {
  throw new AppError('not_found', 'There is no such user.')
}
