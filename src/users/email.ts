import { and, eq, isNotNull, not, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { actAs } from '../access/act.ts'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { users } from '../identity/table.ts'
import { queueMail } from '../mail/outbox.ts'
import type { UserPatch } from './schema.ts'

/** The rows of a statement that returns users. */
type UserRows = SQLWrapper & { id: SQLWrapper; email: SQLWrapper; emailVerified: SQLWrapper }

/** The mail that asks each of `rows` with an address that is not verified to confirm it. */
export const askToVerify = (db: Db, rows: UserRows) =>
  queueMail(db, 'email_verification', recipient(rows), rows, isUnverified(rows))

/** The CTEs that follow from a change of `rows`: the new address gets a question, and the old one a notice if it was verified. */
export function mailsAboutEmail(db: Db, rows: UserRows) {
  // The statement's snapshot: here the table still has the old address.
  const wasVerified = and(
    eq(users.id, rows.id),
    users.emailVerified,
    sql`${users.email} is distinct from ${rows.email}`,
  )
  const source = sql`${users} join ${rows} on ${eq(users.id, rows.id)}`
  const told = queueMail(db, 'email_changed', recipient(users), source, wasVerified)
  return [db.$with('asked').as(askToVerify(db, rows)), db.$with('told').as(told)]
}

/** The part of a patch that makes a changed address unverified. */
export const unverified = ({ email }: UserPatch) =>
  email === undefined
    ? {}
    : { emailVerified: sql`${users.emailVerified} and ${users.email} is not distinct from ${email}::text` }

/** Queues the mail that asks the caller to confirm an address. Throws `unauthenticated`, and `conflict` if nothing is to confirm. */
export async function requestVerification(db: Db, caller: Caller): Promise<void> {
  const { rows } = await actAs(
    db,
    caller,
    (me) =>
      db
        .select({ id: users.id, email: users.email, emailVerified: users.emailVerified })
        .from(users)
        .where(me.is(users.id)),
    { also: (acted) => [db.$with('asked').as(askToVerify(db, acted))] },
  )
  const [user] = rows
  if (!user?.email) throw new AppError('conflict', 'There is no email address to confirm; set one first.')
  if (user.emailVerified) throw new AppError('conflict', 'The email address is confirmed already.')
}

const recipient = ({ id, email }: Pick<UserRows, 'id' | 'email'>) => ({
  userId: sql`${id}`,
  address: sql`${email}`,
})

const isUnverified = ({ email, emailVerified }: UserRows): SQL | undefined =>
  and(isNotNull(email), not(sql`${emailVerified}`))
