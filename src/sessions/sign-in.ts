import { sql } from 'drizzle-orm'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Client } from '../http/client.ts'
import { hashPassword, needsRehash, type PasswordPolicy } from '../users/password.ts'
import { forgive } from './charge.ts'
import type { Credentials } from './schema.ts'
import { sessions } from './table.ts'
import { type Attempt, attempted, takeAttempt } from './throttle.ts'
import { digest, newToken } from './token.ts'

/** The settings that decide about sign-ins. */
export type SignInPolicy = PasswordPolicy & Pick<Config, 'sessionDays'>

/**
 * Signs a user in and returns the token, shown this once. Throws `bad_credentials` alike for an unknown user and a wrong
 * password, `suspended` for the right password of a suspended user, `too_many_attempts` and `unavailable` before any hash.
 */
export async function signIn(db: Db, client: Client, credentials: Credentials, policy: SignInPolicy) {
  const attempt = () => trySignIn(db, client, credentials, policy)
  // By the end the stored hash may be another: of a new password, or made anew by a sign-in beside this. A second try tells which.
  const signedIn = (await attempt()) ?? (await attempt())
  if (!signedIn) throw badCredentials()
  return signedIn
}

async function trySignIn(db: Db, client: Client, { username, password }: Credentials, policy: SignInPolicy) {
  const attempt = await takeAttempt(db, client.ip, username)
  return attempted(db, attempt.charge, async (verify) => {
    const { candidate } = attempt
    const isRight = await verify(password, candidate?.passwordHash ?? null, policy.scrypt)
    if (!candidate || !isRight) throw badCredentials()
    if (candidate.suspended) throw new AppError('suspended', 'This account is suspended.')
    return admit(db, client, { candidate, accountKey: attempt.accountKey, password }, policy)
  })
}

type Admission = { candidate: NonNullable<Attempt['candidate']>; accountKey: string; password: string }

async function admit(
  db: Db,
  client: Client,
  { candidate, accountKey, password }: Admission,
  policy: SignInPolicy,
) {
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
  const expiresAt = await openSession(db, client, opening)
  return expiresAt && { token, expiresAt, user }
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
// the password may have been changed, or the user deleted, while this sign-in was hashing; the lock makes it wait for such a
// change that is under way. Returns when the session runs out, or null when there is no user with the old hash any more.
async function openSession(db: Db, { ip, userAgent }: Client, opening: Opening): Promise<Date | null> {
  const { userId, oldHash, newHash, accountKey, tokenDigest, days } = opening
  const unchanged = db.$with('unchanged', {}).as(sql`
    select id, password_version from users
    where id = ${userId}::int and password_hash = ${oldHash}::text and not suspended for no key update`)
  const opened = db
    .$with('opened', { expiresAt: sql<Date>`expires_at`.mapWith(sessions.expiresAt).as('expires_at') })
    .as(sql`
    insert into sessions (user_id, password_version, token_digest, user_agent, ip, expires_at)
    select id, password_version, ${tokenDigest}::text, ${userAgent}::text, ${ip}::text, now() + make_interval(days => ${days}::int)
    from unchanged returning expires_at`)
  const rehashed = db.$with('rehashed', {}).as(sql`
    update users set password_hash = ${newHash}::text
    where id in (select id from unchanged) and ${newHash}::text <> ${oldHash}::text`)
  const expired = db
    .$with('expired', {})
    .as(sql`delete from sessions where user_id = ${userId}::int and expires_at <= now()`)
  const forgiven = db.$with('forgiven', {}).as(forgive(accountKey))
  const [session] = await db.with(unchanged, opened, rehashed, expired, forgiven).select().from(opened)
  return session?.expiresAt ?? null
}

const badCredentials = () => new AppError('bad_credentials', 'The user name or the password is wrong.')
