import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Config } from '../config.ts'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { hashPassword, needsRehash, type PasswordPolicy, verifyPassword } from '../users/password.ts'
import { type UserRow, userColumns } from '../users/service.ts'
import { users } from '../users/table.ts'
import type { Credentials } from './schema.ts'
import { sessions } from './table.ts'
import { forgive, takeAttempt } from './throttle.ts'
import { digest, newToken } from './token.ts'

/** The session that a request came with. */
export type CurrentSession = { id: number }

/** Where a sign-in comes from. */
export type Client = { ip: string | null; userAgent: string | null }

/** The settings that decide about sign-ins. */
export type SignInPolicy = PasswordPolicy & Pick<Config, 'sessionDays'>

// A session that holds; the placeholder `digest` is its token's.
const isLive = and(eq(sessions.tokenDigest, sql.placeholder('digest')), gt(sessions.expiresAt, sql`now()`))

// Suspending a user ends its sessions, but a sign-in at the same moment may still open one.
const mayUse = and(eq(users.id, sessions.userId), eq(users.suspended, false))

/**
 * Signs a user in and returns the token, shown this once. Throws `bad_credentials` alike for an unknown user and a wrong
 * password, `suspended` for the right password of a suspended user, `too_many_attempts` and `unavailable` before any hash.
 */
export async function signIn(
  db: Db,
  client: Client,
  { username, password }: Credentials,
  policy: SignInPolicy,
) {
  const { candidate, accountKey } = await takeAttempt(db, client.ip, username)
  const isRight = await verifyPassword(password, candidate?.passwordHash ?? null, policy.scrypt)
  if (!candidate || !isRight) throw badCredentials()
  if (candidate.suspended) throw new AppError('suspended', 'This account is suspended.')
  const { passwordHash: oldHash, ...user } = candidate
  const newHash = needsRehash(oldHash, policy.scrypt) ? await hashPassword(password, policy.scrypt) : oldHash
  const token = newToken()
  const opening = {
    userId: user.id,
    oldHash,
    newHash,
    accountKey,
    tokenDigest: await digest(token),
    days: policy.sessionDays,
  }
  return { token, expiresAt: await openSession(db, client, opening), user }
}

type Opening = {
  userId: number
  oldHash: string
  newHash: string
  accountKey: string
  tokenDigest: string
  days: number
}

// One statement: the session, and the housekeeping for which a sign-in is the moment. It asks for the old hash again, since
// the password may have been changed, or the user deleted, while this sign-in was hashing.
async function openSession(db: Db, { ip, userAgent }: Client, opening: Opening): Promise<Date> {
  const { userId, oldHash, newHash, accountKey, tokenDigest, days } = opening
  const opened = db
    .$with('opened', { expiresAt: sql<Date>`expires_at`.mapWith(sessions.expiresAt).as('expires_at') })
    .as(sql`
    insert into sessions (user_id, token_digest, user_agent, ip, expires_at)
    select id, ${tokenDigest}::text, ${userAgent}::text, ${ip}::text, now() + make_interval(days => ${days}::int)
    from users where id = ${userId}::int and password_hash = ${oldHash}::text and not suspended
    returning expires_at`)
  const rehashed = db.$with('rehashed', {}).as(sql`
    update users set password_hash = ${newHash}::text
    where id = ${userId}::int and password_hash = ${oldHash}::text and ${newHash}::text <> ${oldHash}::text`)
  const expired = db
    .$with('expired', {})
    .as(sql`delete from sessions where user_id = ${userId}::int and expires_at <= now()`)
  const forgiven = db.$with('forgiven', {}).as(forgive(accountKey))
  const [session] = await db.with(opened, rehashed, expired, forgiven).select().from(opened)
  if (!session) throw badCredentials()
  return session.expiresAt
}

/** Returns the user and the session that a token's digest stands for, and extends the session. Throws `unauthenticated`. */
export async function authenticate(
  db: Db,
  tokenDigest: string,
  { sessionDays }: Pick<Config, 'sessionDays'>,
) {
  const [found] = await authentication(db).execute({ digest: tokenDigest, days: sessionDays })
  return found ?? unknownToken()
}

const authentication = prepared((db) =>
  db
    .with(extended(db))
    .select({ user: userColumns, session: { id: sessions.id } })
    .from(sessions)
    .innerJoin(users, mayUse)
    .where(isLive)
    .prepare('authenticate'),
)

// Once a minute is often enough to say when a session was last used; more would make every read a write.
const extended = (db: Db) =>
  db.$with('extended', {}).as(sql`
    update ${sessions} set last_used_at = now(), expires_at = now() + make_interval(days => ${sql.placeholder('days')}::int)
    where ${isLive} and last_used_at < now() - interval '1 minute'`)

/** Returns the live sessions of the user whom a token's digest stands for, last used first; the token's own is `current`. Throws `unauthenticated`. */
export async function listSessions(
  db: Db,
  tokenDigest: string,
  { sessionDays }: Pick<Config, 'sessionDays'>,
) {
  const rows = await ownSessions(db).execute({ digest: tokenDigest, days: sessionDays })
  return rows.length > 0 ? rows : unknownToken() // a known token has at least its own
}

const own = alias(sessions, 'own')

const ownSessions = prepared((db) =>
  db
    .with(extended(db))
    .select({
      id: own.id,
      createdAt: own.createdAt,
      lastUsedAt: own.lastUsedAt,
      userAgent: own.userAgent,
      ip: own.ip,
      current: sql<boolean>`${own.id} = ${sessions.id}`,
    })
    .from(sessions)
    .innerJoin(users, mayUse)
    .innerJoin(own, and(eq(own.userId, sessions.userId), gt(own.expiresAt, sql`now()`)))
    .where(isLive)
    .orderBy(desc(own.lastUsedAt), desc(own.id))
    .prepare('own_sessions'),
)

/** Ends one of a user's sessions at once. Throws `not_found`, also for somebody else's. */
export async function endSession(db: Db, user: Pick<UserRow, 'id'>, id: number): Promise<void> {
  const ended = await db
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, user.id)))
    .returning({ id: sessions.id })
  if (ended.length === 0) throw new AppError('not_found', 'You have no such session.')
}

const badCredentials = () => new AppError('bad_credentials', 'The user name or the password is wrong.')

function unknownToken(): never {
  throw new AppError('unauthenticated', 'The token is not valid, or no longer; sign in again.')
}
