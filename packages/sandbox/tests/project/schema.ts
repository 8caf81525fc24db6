import { sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
  country: text().references(() => countries.code),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  seenAt: timestamp('seen_at', { withTimezone: true }).notNull().default(sql`CURRENT_TIMESTAMP`),
})

/** Reference data: the blueprint brings the rows. */
export const countries = pgTable('countries', { code: text().primaryKey(), name: text().notNull() })
