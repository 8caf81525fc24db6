import { index, integer, pgEnum, primaryKey, varchar } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import { pgTable } from '../db/table.ts'
import { users } from '../identity/table.ts'

export const sessions = pgTable(
  'sessions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenDigest: varchar('token_digest', { length: 43 }).notNull().unique(),
    /** The user's `sessionEpoch` when the session was opened. */
    epoch: integer('epoch').notNull().default(1),
    userAgent: varchar('user_agent', { length: 255 }),
    ip: varchar('ip', { length: 45 }),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    /** When the password was given last in this session. */
    confirmedAt: moment('confirmed_at').notNull().defaultNow(),
  },
  (table) => [
    index('sessions_user_id_index').on(table.userId),
    index('sessions_expires_at_index').on(table.expiresAt),
  ],
)

/** The places that each user has signed in from, which strangers cannot lock the user out of. They outlive sessions. */
export const knownPlaces = pgTable(
  'known_places',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The block of the address, as `addressBlock` returns it. */
    block: varchar('block', { length: 45 }).notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.block] }),
    index('known_places_expires_at_index').on(table.expiresAt),
  ],
)

/** How far each key, such as an account or an address, has used up what it may do; `charge.ts` explains the rule. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: varchar('key', { length: 80 }).primaryKey(),
    spentUntil: moment('spent_until').notNull(),
  },
  (table) => [index('rate_limits_spent_until_index').on(table.spentUntil)],
)

/** What a single-use token lets its holder do. */
export const tokenPurpose = pgEnum('token_purpose', ['password_reset', 'email_verification'])

/** Single-use tokens, at most one of each purpose for a user: a new one replaces the old. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    purpose: tokenPurpose('purpose').notNull(),
    digest: varchar('digest', { length: 43 }).notNull().unique(),
    /** The address that the token was mailed to; null for one that an admin hands out. */
    sentTo: varchar('sent_to', { length: 254 }),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.purpose] })],
)
