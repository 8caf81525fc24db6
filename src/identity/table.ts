import { and, eq, or, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { boolean, index, integer, pgEnum, text, uniqueIndex, varchar } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import { pgTable } from '../db/table.ts'

/** What a user may do: an admin manages the other users. */
export const userRole = pgEnum('user_role', ['user', 'admin'])

export const users = pgTable(
  'users',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    username: varchar('username', { length: 32 }).notNull().unique(),
    email: varchar('email', { length: 254 }),
    /** Whether the user has shown to read mail at this address. Only then it is unique, signs in and receives resets. */
    emailVerified: boolean('email_verified').notNull().default(false),
    passwordHash: text('password_hash').notNull(),
    /** Raised by a new password and a suspension, which end all sessions: a session is valid while its `epoch` is equal. */
    sessionEpoch: integer('session_epoch').notNull().default(1),
    role: userRole('role').notNull().default('user'),
    suspended: boolean('suspended').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at')
      .notNull()
      .defaultNow()
      .$onUpdate(() => sql`now()`),
  },
  (table) => [
    uniqueIndex('users_verified_email_unique').on(table.email).where(sql`${table.emailVerified}`),
    index('users_email_index').on(table.email),
    index('users_created_at_index').on(table.createdAt, table.id),
    // A prefix search can use an index only if that index compares bytes, whatever the database's collation.
    index('users_username_prefix_index').on(table.username.op('varchar_pattern_ops')),
    index('users_verified_email_prefix_index')
      .on(table.email.op('varchar_pattern_ops'))
      .where(sql`${table.emailVerified}`),
    index('users_role_index').on(table.role, table.id),
    index('users_suspended_index').on(table.suspended, table.id),
  ],
)

/** The condition that a user has this normalised name, or this address and has verified it. */
export const isCalled = (name: string | Placeholder): SQL | undefined =>
  or(eq(users.username, name), and(eq(users.email, name), users.emailVerified))
