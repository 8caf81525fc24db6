import { index, integer, pgEnum, varchar } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import { pgTable } from '../db/table.ts'
import { users } from '../identity/table.ts'

/** What a mail is about; `templates.ts` has the text of each. */
export const mailKind = pgEnum('mail_kind', ['password_reset', 'email_verification', 'email_changed'])

/**
 * The outbox: mails to deliver, and for a day those that were, so that nobody gets too many. They contain no secret: the token
 * of a link is created when it is sent.
 */
export const mails = pgTable(
  'mails',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: mailKind('kind').notNull(),
    address: varchar('address', { length: 254 }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** When it is to be delivered; null when that is over. */
    dueAt: moment('due_at').defaultNow(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('mails_due_at_index').on(table.dueAt),
    index('mails_address_index').on(table.address, table.createdAt),
    index('mails_created_at_index').on(table.createdAt),
    index('mails_user_id_index').on(table.userId),
  ],
)
