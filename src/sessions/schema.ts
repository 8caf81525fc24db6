import * as z from 'zod'
import { sessions } from '../access/table.ts'
import { pick } from '../db/columns.ts'
import type { Keyset } from '../db/keyset.ts'
import { fieldsOf } from '../http/fields.ts'
import { listQuery, pageOf } from '../http/pages.ts'
import { Timestamp } from '../http/timestamp.ts'
import { PresentedPassword, presentedName, User } from '../identity/schema.ts'

/** What one signs in with; `username` may be the email address. Registration rules do not apply, so that old names keep working. */
export const Credentials = z.strictObject({
  username: presentedName(1000),
  password: PresentedPassword,
})
export type Credentials = z.output<typeof Credentials>

/** The response to a sign-in, the only one that contains the token. */
export const SignedIn = z.object({ token: z.string(), expiresAt: Timestamp, user: User })

/** The columns of a session that its owner sees. */
export const sessionColumns = pick(sessions, 'id', 'createdAt', 'lastUsedAt', 'userAgent', 'ip')

/** A session as its owner sees it; `current` marks the one that sent the request. */
export const Session = z.object({ ...fieldsOf(sessionColumns), current: z.boolean() })

export const SessionPage = pageOf(Session)

/** Sessions are listed from the newest to the oldest. */
export const sessionOrder = { id: sessions.id, by: { id: sessions.id } } satisfies Keyset
export const SessionQuery = listQuery(sessionOrder, '-id')
export type SessionQuery = z.output<typeof SessionQuery>
