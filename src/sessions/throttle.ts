import { eq, or, sql } from 'drizzle-orm'
import { type Db, prepared } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { UserRow } from '../users/service.ts'
import { users } from '../users/table.ts'
import { addressBlock } from './address.ts'
import { digest } from './token.ts'

/*
 * Attempts to sign in are limited by the generic cell rate algorithm: each attempt pushes `spent_until` of its keys on by the
 * pace, and none is taken while that lies further ahead than the window. There is a key for the address, and one for the
 * account. Strangers share one key of an account; an address that has a session of the account has a key of its own, so
 * that nobody can lock an owner out of a place the owner uses.
 */
const ADDRESS = { pace: sql`interval '1 second'`, window: sql`interval '59 seconds'` } // 60 at once, then one a second
const ACCOUNT = { pace: sql`interval '30 seconds'`, window: sql`interval '270 seconds'` } // 10 at once, then two a minute

/** The user who may be signing in, and the key to forgive when it is. */
export type Attempt = { candidate: (UserRow & { passwordHash: string }) | null; accountKey: string }

/** Counts an attempt to sign in and returns whom it is for, in one statement. Throws `too_many_attempts`. */
export async function takeAttempt(db: Db, ip: string | null, name: string): Promise<Attempt> {
  // What is typed as a name can be a password by mistake, so an unknown one is kept as a digest only.
  const values = { name, nameDigest: await digest(name), ip, block: ip && addressBlock(ip) }
  const [row] = await attempt(db).execute(values)
  if (!row) throw new AppError('unavailable', 'The database gave no answer; try again shortly.')
  if (row.retryAfter !== null) {
    throw new AppError(
      'too_many_attempts',
      `Too many attempts to sign in; try again in ${row.retryAfter} s.`,
      { retryAfter: row.retryAfter },
    )
  }
  return row
}

const attempt = prepared((db) => {
  const { placeholder } = sql
  const name = placeholder('name')
  const [ip, block] = [sql`${placeholder('ip')}::text`, sql`${placeholder('block')}::text`]

  const candidate = db.$with('candidate').as(
    db
      .select()
      .from(users)
      .where(or(eq(users.username, name), eq(users.email, name))),
  )
  const limits = db.$with('limits', { key: sql<string>`key`.as('key') }).as(sql`
    select 'address:' || ${block} as key, ${ADDRESS.pace} as pace, ${ADDRESS.window} as ahead where ${block} is not null
    union all
    select coalesce((
      select 'user:' || id || coalesce((
        select '@' || ${block} from sessions where user_id = candidate.id and ip = ${ip} and expires_at > now() limit 1
      ), '') from candidate
    ), 'name:' || ${placeholder('nameDigest')}::text), ${ACCOUNT.pace}, ${ACCOUNT.window}
    order by key`) // every statement takes its locks in one order
  const taken = db.$with('taken', { key: sql<string>`key`.as('key') }).as(sql`
    insert into sign_in_throttles as throttle (key, spent_until)
    select key, now() + pace from limits
    on conflict (key) do update
    set spent_until = greatest(throttle.spent_until, now()) + (excluded.spent_until - now())
    where throttle.spent_until <= now() + case when throttle.key like 'address:%' then ${ADDRESS.window} else ${ACCOUNT.window} end
    returning key`)

  const retryAfter = sql<number | null>`(
    select max(greatest(1, ceil(extract(epoch from spent_until - now() - ahead))))::int
    from limits left join sign_in_throttles using (key)
    where key not in (select key from taken))`
  const accountKey = sql<string>`(select key from limits where key not like 'address:%')`
  return db
    .with(candidate, limits, taken)
    .select({
      candidate: {
        id: candidate.id,
        username: candidate.username,
        email: candidate.email,
        passwordHash: candidate.passwordHash,
        role: candidate.role,
        suspended: candidate.suspended,
        createdAt: candidate.createdAt,
        updatedAt: candidate.updatedAt,
      },
      retryAfter,
      accountKey,
    })
    .from(sql`(select 1) as always`)
    .leftJoin(candidate, sql`true`)
    .prepare('take_attempt')
})

/** The SQL that forgives an account its attempts, and drops some of the keys that have long recovered. */
export const forgive = (accountKey: string) => sql`
  delete from sign_in_throttles where key = ${accountKey} or key in (
    select key from sign_in_throttles where spent_until < now() - interval '1 hour'
    order by spent_until limit 100 for update skip locked)
  returning key`
