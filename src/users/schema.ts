import * as z from 'zod'
import type { Keyset } from '../db/keyset.ts'
import { patchOf } from '../http/fields.ts'
import { listQuery, pageOf } from '../http/pages.ts'
import { Timestamp } from '../http/timestamp.ts'
import {
  ALICE,
  ALICES_PASSWORD,
  Email,
  Password,
  type PasswordRules,
  presentedName,
  Role,
  User,
  Username,
} from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { type Owner, weaknessOf } from '../identity/weakness.ts'

// What users say about themselves, when they register and when they change it.
const profile = { username: Username, email: Email.nullish() }

/** A registration. */
export const NewUser = (rules: PasswordRules) =>
  z
    .strictObject({ ...profile, password: Password(rules) })
    .refine(({ password, ...owner }) => weaknessOf(password, owner, rules) === null, {
      path: ['password'],
      error: ({ input }) => {
        const { password, ...owner } = input as Owner & { password: string }
        return weaknessOf(password, owner, rules) ?? undefined
      },
      when: ({ issues }) => issues.length === 0, // the rule needs a valid name and a valid password
    })
    .meta({
      id: 'NewUser',
      examples: [{ username: ALICE.username, password: ALICES_PASSWORD, email: ALICE.email }],
    })
export type NewUser = z.output<ReturnType<typeof NewUser>>

/** A change to a user. `role` and `suspended` are for admins. */
export const UserPatch = patchOf({ ...profile, role: Role, suspended: z.boolean() }).meta({
  id: 'UserPatch',
  description: 'At least one field. `role` and `suspended` are for admins.',
  examples: [{ email: ALICE.email }],
})
export type UserPatch = z.output<typeof UserPatch>

/** A single-use token for an admin to hand out; the response is the only place where it is shown. */
export const IssuedToken = z.object({ token: z.string(), expiresAt: Timestamp }).meta({
  id: 'IssuedToken',
  examples: [{ token: 'a'.repeat(43), expiresAt: '2026-01-31T10:30:00.000Z' }],
})

export const UserPage = pageOf(User)

/** How users can be sorted. */
export const userOrder = {
  id: users.id,
  by: { id: users.id, username: users.username, createdAt: users.createdAt },
} satisfies Keyset

/** The query of the list of users: `q` is the beginning of a user name. */
export const UserQuery = listQuery(
  userOrder,
  'id',
  '-id',
  'username',
  '-username',
  'createdAt',
  '-createdAt',
).safeExtend({ q: presentedName(100).meta({ description: 'The beginning of the user name.' }).optional() })
export type UserQuery = z.output<typeof UserQuery>
