import { index, integer, pgTable, varchar } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import { users } from '../users/table.ts'

export const sessions = pgTable(
  'sessions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenDigest: varchar('token_digest', { length: 43 }).notNull().unique(),
    /** That of the user when the session was opened. */
    passwordVersion: integer('password_version').notNull().default(1),
    userAgent: varchar('user_agent', { length: 255 }),
    ip: varchar('ip', { length: 45 }),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('sessions_user_id_index').on(table.userId)],
)

/** How far each account and each address has used up its attempts to sign in and to register; `charge.ts` explains the rule. */
export const signInThrottles = pgTable(
  'sign_in_throttles',
  {
    key: varchar('key', { length: 80 }).primaryKey(),
    spentUntil: moment('spent_until').notNull(),
  },
  (table) => [index('sign_in_throttles_spent_until_index').on(table.spentUntil)],
)
