import * as z from 'zod'
import { Timestamp } from '../http/timestamp.ts'
import { PresentedPassword, presentedName, User } from '../users/schema.ts'

/** What it takes to sign in; `username` may be the email address. The rules for new ones are no business of a sign-in. */
export const Credentials = z.strictObject({
  username: presentedName(1000),
  password: PresentedPassword,
})
export type Credentials = z.output<typeof Credentials>

/** The answer to a sign-in, the one place where a token is shown. */
export const SignedIn = z.object({ token: z.string(), expiresAt: Timestamp, user: User })

/** A session as its owner sees it; `current` marks the one that asked. */
export const Session = z.object({
  id: z.int(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  current: z.boolean(),
})

export const SessionList = z.object({ items: z.array(Session) })
