import * as z from 'zod'
import { sessions } from '../access/table.ts'
import { pick } from '../db/columns.ts'
import type { Keyset } from '../db/keyset.ts'
import { fieldsOf } from '../http/fields.ts'
import { listQuery, pageOf } from '../http/pages.ts'
import { Timestamp } from '../http/timestamp.ts'
import { ALICE, ALICES_PASSWORD, PresentedPassword, presentedName, User } from '../identity/schema.ts'

/** What one signs in with; `username` may be the email address. Registration rules do not apply, so that old names keep working. */
export const Credentials = z
  .strictObject({
    username: presentedName(1000).meta({ description: 'The user name or the email address.' }),
    password: PresentedPassword,
  })
  .meta({ id: 'Credentials', examples: [{ username: ALICE.username, password: ALICES_PASSWORD }] })
export type Credentials = z.output<typeof Credentials>

/** The response to a sign-in, the only one that contains the token. */
export const SignedIn = z
  .object({
    token: z.string().meta({ description: 'Shown this once.' }),
    expiresAt: Timestamp.meta({ description: 'Each use of the token extends the session.' }),
    user: User,
  })
  .meta({
    id: 'SignedIn',
    examples: [
      {
        token: 'mFq2v8cG1tq7n0a4yJ5hU3sXbZ9kLwE6rTiPoDuVxYc',
        expiresAt: '2026-03-02T09:30:00.000Z',
        user: ALICE,
      },
    ],
  })

/** The caller's password, to be given again. */
export const Confirmation = z
  .strictObject({ password: PresentedPassword })
  .meta({ id: 'Confirmation', examples: [{ password: ALICES_PASSWORD }] })

/** The response to a confirmation: the token that replaces the one of the request. */
export const Confirmed = z.object({ token: SignedIn.shape.token, expiresAt: Timestamp }).meta({
  id: 'Confirmed',
  examples: [{ token: 'mFq2v8cG1tq7n0a4yJ5hU3sXbZ9kLwE6rTiPoDuVxYc', expiresAt: '2026-03-02T09:30:00.000Z' }],
})

/** The columns of a session that its owner sees. */
export const sessionColumns = pick(sessions, 'id', 'createdAt', 'lastUsedAt', 'userAgent', 'ip')

/** A session as its owner sees it; `current` marks the one that sent the request. */
export const Session = z.object({ ...fieldsOf(sessionColumns), current: z.boolean() }).meta({
  id: 'Session',
  description: 'A session of the caller; `current` marks the one that sent the request.',
  examples: [
    {
      id: 1,
      createdAt: '2026-01-31T09:30:00.000Z',
      lastUsedAt: '2026-01-31T09:30:00.000Z',
      userAgent: 'curl/8.5.0',
      ip: '192.0.2.1',
      current: true,
    },
  ],
})

export const SessionPage = pageOf(Session)

/** Sessions are listed from the newest to the oldest. */
export const sessionOrder = { id: sessions.id, by: { id: sessions.id } } satisfies Keyset
export const SessionQuery = listQuery(sessionOrder, '-id')
export type SessionQuery = z.output<typeof SessionQuery>
