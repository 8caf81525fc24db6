import { and, eq, gt, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { noteCaller } from '../db/work.ts'
import { AppError } from '../errors.ts'
import { type UserRow, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { sessions } from './table.ts'

/** How many days a session lasts after its last use, and in all. */
export type SessionRules = Pick<Config, 'sessionDays' | 'sessionMaxDays'>

/** Who sent a request: what a guard reads from its headers. The statement that does the work looks the session up. */
export type Caller = {
  readonly tokenDigest: string
  readonly rules: SessionRules
  /** Set where nobody else may act: the statement's caller is refused with `forbidden` unless it is one. */
  readonly mustBe?: 'admin'
}

/** A caller who may act only as an admin. A service that takes one can be called only behind the guard `adminsOnly`. */
export type AdminCaller = Caller & { readonly mustBe: 'admin' }

/** The one rule for which sessions are valid, as a condition that joins a session to its user. */
export const isLive = (sessionMaxDays: number | Placeholder): SQL | undefined =>
  and(
    eq(sessions.userId, users.id),
    eq(sessions.epoch, users.sessionEpoch),
    gt(sessions.expiresAt, sql`now()`),
    gt(sessions.createdAt, sql`now() - ${daysOf(sessionMaxDays)}`),
    eq(users.suspended, false),
  )

const PROOF_MINUTES = 15

/** Whether the password was given recently in the session: a stolen token alone must not take the account over. */
export const isProved = sql<boolean>`${sessions.confirmedAt} > now() - ${sql.raw(`interval '${PROOF_MINUTES} minutes'`)}`

/** An interval of days; in hours, since a day of a time zone can have 23 or 25. */
export const daysOf = (days: number | Placeholder): SQL => sql`make_interval(hours => 24 * ${days}::int)`

/** The change of a user that ends all its sessions, those too that a concurrent sign-in opens. */
export const endsAllSessions = { sessionEpoch: sql`${users.sessionEpoch} + 1` }

/** Returns the caller's user. Throws `unauthenticated`. */
export async function getCaller(db: Db, caller: Caller): Promise<UserRow> {
  const [found] = await selectCaller(db, lookupOf(caller))
  if (!found) throw unauthenticated()
  await extendIfDue(db, caller, found.isDue)
  noteCaller(found.user.id)
  return found.user
}

/** The values by which a statement looks a caller up: parameters of the prepared ones. */
export type Lookup = SessionRules & Pick<Caller, 'tokenDigest'>
export const lookupOf = ({ tokenDigest, rules: { sessionDays, sessionMaxDays } }: Caller): Lookup => ({
  tokenDigest,
  sessionDays,
  sessionMaxDays,
})

/** Whether the session is to be extended: once a minute is often enough to note when it was last used. */
export const isDue = sql<boolean>`${sessions.lastUsedAt} < now() - interval '1 minute'`

const selectCaller = prepared('select_caller', (db, { tokenDigest, sessionMaxDays }: Placeholders<Lookup>) =>
  db
    .select({ user: userColumns, isDue })
    .from(sessions)
    .innerJoin(users, isLive(sessionMaxDays))
    .where(eq(sessions.tokenDigest, tokenDigest)),
)

/**
 * Extends the caller's session if it is due. This is a second round trip once a minute; within the statement that does the
 * work it would turn every read into a write.
 */
export async function extendIfDue(db: Db, caller: Caller, isDue: boolean): Promise<void> {
  if (isDue) await extendSession(db, lookupOf(caller))
}

const extendSession = prepared(
  'extend_session',
  (db, { tokenDigest, sessionDays, sessionMaxDays }: Placeholders<Lookup>) =>
    db
      .update(sessions)
      .set({
        lastUsedAt: sql`now()`,
        expiresAt: nextExpiry({ sessionDays, sessionMaxDays }),
      })
      .where(and(eq(sessions.tokenDigest, tokenDigest), gt(sessions.expiresAt, sql`now()`))),
)

/** When a session expires that is used now. */
export const nextExpiry = ({ sessionDays, sessionMaxDays }: SessionRules | Placeholders<SessionRules>): SQL =>
  sql`least(now() + ${daysOf(sessionDays)}, ${sessions.createdAt} + ${daysOf(sessionMaxDays)})`

/** The error that the password must be given again (RFC 9470). */
export const unproved = () =>
  new AppError(
    'insufficient_user_authentication',
    `Give your password again (POST /sessions/current/confirmation): this needs it within ${PROOF_MINUTES} minutes.`,
    { maxAge: 60 * PROOF_MINUTES },
  )

/** The error that a token is not one of a live session. */
export const unauthenticated = () =>
  new AppError('unauthenticated', 'The token is invalid or has expired; sign in again.')
