import { and, eq, gt, inArray, isNull, lte, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type Purpose, storeToken } from '../access/one-time.ts'
import { newToken } from '../access/token.ts'
import type { Db } from '../db/db.ts'
import { InsertFrom } from '../db/insert.ts'
import { users } from '../identity/table.ts'
import { mails } from './table.ts'
import { type MailKind, type Message, writeMail } from './templates.ts'

/** Hands a mail to a provider. Throws when it may not have been taken, within `SEND_WITHIN_MS`. */
export type Mailer = (message: Message, signal: AbortSignal) => Promise<void>

// Whoever types in another person's address must not be able to fill that person's mailbox.
const MOST_AN_HOUR = 3

/**
 * The statement that puts a mail into the outbox for each row of `source` that fulfils `where`, for use as a CTE of the
 * statement that gives the reason for it, so that neither exists without the other. An address gets three mails an hour.
 */
export function queueMail(
  db: Db,
  kind: MailKind,
  { userId, address }: { userId: SQL; address: SQL },
  source: SQLWrapper,
  where: SQL | undefined,
): InsertFrom<typeof mails> {
  const earlier = alias(mails, 'earlier')
  const isOfThisHour = gt(earlier.createdAt, sql`now() - interval '1 hour'`)
  const count = db
    .select({ count: sql`count(*)` })
    .from(earlier)
    .where(and(eq(earlier.address, address), isOfThisHour))
  const isWelcome = and(where, sql`${count} < ${MOST_AN_HOUR}`)
  return new InsertFrom(mails, { kind, userId, address }, sql`${source} where ${isWelcome}`)
}

const SEND_WITHIN_MS = 10_000
// The waits double from a minute: the last attempt is a day and a half after the first.
const MOST_ATTEMPTS = 12
const AT_ONCE = 10

/**
 * Delivers mails that are due, up to ten, and returns how many there were. A mail is done when `mailer` has taken it; otherwise
 * it is due again later, in any process. `linkBase` is where links lead: the token follows as the URL's fragment,
 * which browsers send to no server. Logs what failed, without addresses.
 */
export async function deliverDue(db: Db, mailer: Mailer, linkBase: string): Promise<number> {
  const due = await claimDue(db)
  await Promise.all(due.map((mail) => deliver(db, mailer, linkBase, mail)))
  return due.length
}

type Due = Awaited<ReturnType<typeof claimDue>>[number]

// One statement, so that no two processes get the same mail, and a process that dies leaves it to a later attempt.
function claimDue(db: Db) {
  const due = db
    .select({ id: mails.id })
    .from(mails)
    .where(lte(mails.dueAt, sql`now()`))
    .orderBy(mails.dueAt)
    .limit(AT_ONCE)
    .for('update', { skipLocked: true })
  const claimed = db.$with('claimed').as(
    db
      .update(mails)
      .set({
        attempts: sql`${mails.attempts} + 1`,
        dueAt: sql`now() + make_interval(mins => (2 ^ ${mails.attempts})::int)`,
      })
      .where(inArray(mails.id, due))
      .returning(),
  )
  const old = db.$with('old').as(
    db
      .delete(mails)
      .where(and(isNull(mails.dueAt), lte(mails.createdAt, sql`now() - interval '1 day'`)))
      .returning({ id: mails.id }),
  )
  return db
    .with(claimed, old)
    .select({
      id: claimed.id,
      kind: claimed.kind,
      address: claimed.address,
      attempts: claimed.attempts,
      userId: users.id,
      username: users.username,
    })
    .from(claimed)
    .innerJoin(users, eq(users.id, claimed.userId))
}

const PURPOSES: Partial<Record<MailKind, Purpose>> = {
  password_reset: 'password_reset',
  email_verification: 'email_verification',
}

async function deliver(db: Db, mailer: Mailer, linkBase: string, mail: Due): Promise<void> {
  try {
    const link = await linkFor(db, linkBase, mail)
    const message = writeMail(mail.kind, mail.address, { username: mail.username, link })
    await mailer(message, AbortSignal.timeout(SEND_WITHIN_MS))
  } catch (error) {
    const { name, code = name } = error as { name?: string; code?: unknown }
    const isLast = mail.attempts >= MOST_ATTEMPTS
    console.error(
      `Mail ${mail.id} (${mail.kind}) was not delivered at attempt ${mail.attempts}: ${code}.${isLast ? ' It is given up.' : ''}`,
    )
    if (!isLast) return
  }
  await db.update(mails).set({ dueAt: null }).where(eq(mails.id, mail.id))
}

async function linkFor(db: Db, linkBase: string, { kind, userId, address }: Due): Promise<string | null> {
  const purpose = PURPOSES[kind]
  if (!purpose) return null
  const token = newToken()
  await storeToken(db, purpose, eq(users.id, userId), { token, sentTo: address })
  return `${linkBase}#${purpose.replace('_', '-')}=${token}`
}
