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

/** A registration. Admins may leave the password out, which makes it an invitation, and give a role. */
export const NewUser = (rules: PasswordRules) => {
  const weakness = ({ password, ...owner }: Owner & { password?: string | undefined }) =>
    password === undefined ? null : weaknessOf(password, owner, rules)
  return z
    .strictObject({
      ...profile,
      password: Password(rules).optional(),
      role: Role.optional().meta({ description: 'For admins.' }),
    })
    .refine((user) => weakness(user) === null, {
      path: ['password'],
      error: ({ input }) => weakness(input as Owner & { password: string }) ?? undefined,
      when: ({ issues }) => issues.length === 0, // the rule needs a valid name and a valid password
    })
    .meta({
      id: 'NewUser',
      description: 'Only admins may leave out `password`, and give a `role`.',
      examples: [{ username: ALICE.username, password: ALICES_PASSWORD, email: ALICE.email }],
    })
}
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

/** How users can be sorted. `match` is the order of a search: by the name or address that matches. */
export const userOrder = {
  id: users.id,
  by: { id: users.id, username: users.username, createdAt: users.createdAt, match: users.username },
} satisfies Keyset

const list = listQuery(userOrder, 'id', '-id', 'username', '-username', 'createdAt', '-createdAt').shape

/** The query of the list of users: `q` is the beginning of a user name or of a verified address. */
export const UserQuery = z
  .strictObject({
    ...list,
    sort: list.sort.unwrap().optional().meta({
      description:
        'The order, by default `id`; `-` reverses it. Not with `q`: matches come in their own order.',
    }),
    q: presentedName(100)
      .optional()
      .meta({ description: 'The beginning of the user name or of the verified address.' }),
    email: Email.optional(),
    role: Role.optional(),
    suspended: z
      .enum(['true', 'false'])
      .transform((word) => word === 'true')
      .optional()
      .meta({ openapi: { type: 'boolean' } }),
  })
  .refine(({ q, sort }) => q === undefined || sort === undefined, {
    path: ['sort'],
    error: 'cannot be chosen with q: matches come in alphabetical order',
  })
  .refine(({ cursor, ...query }) => !cursor || cursor[0] === orderOf(query), {
    path: ['cursor'],
    error: 'belongs to a list in another order',
  })
export type UserQuery = z.output<typeof UserQuery>

/** The order of a list of users. */
export const orderOf = ({ q, sort }: { q?: string | undefined; sort?: string | undefined }): string =>
  q === undefined ? (sort ?? 'id') : 'match'
