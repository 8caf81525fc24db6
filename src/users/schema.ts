import * as z from 'zod'
import { cursorOf, Limit, pageOf } from '../http/pages.ts'
import { Timestamp } from '../http/timestamp.ts'

const RESERVED =
  'about admin administrator api docs health hearth help me null openapi root sessions staff support system undefined users'
const reserved = new Set(RESERVED.split(' '))

// Normalised before anything is checked: one character can become many, and two spellings must not be two users.
const Username = z
  .string()
  .max(1000, 'must have at most 32 characters')
  .transform((text) => text.normalize('NFKC').toLowerCase())
  .pipe(
    z
      .string()
      .min(3, { error: 'must have at least 3 characters', abort: true })
      .max(32, { error: 'must have at most 32 characters', abort: true })
      .regex(
        /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])$/,
        'must consist of a-z, 0-9, dots, dashes and underscores, and begin and end with a letter or digit',
      )
      .refine((name) => !reserved.has(name), 'is reserved'),
  )
  .meta({ minLength: 3, maxLength: 32 })

const codePoints = (text: string) => [...text].length

/** A password as it comes in, normalised (NIST SP 800-63B, section 3.1.1.2) and never trimmed. */
export const Password = z
  .string()
  .refine((text) => text.isWellFormed(), 'must be valid Unicode')
  .transform((text) => text.normalize('NFKC'))
  .refine((text) => codePoints(text) >= 6, 'must have at least 6 characters')
  .refine(
    (text) => codePoints(text) <= 128 && new TextEncoder().encode(text).length <= 512,
    'must have at most 128 characters and 512 bytes',
  )
  .meta({ minLength: 6, maxLength: 128, format: 'password' })

/** A password to be compared with a stored one: normalised alike, and held to no other rule, since rules change. */
export const PresentedPassword = z
  .string()
  .max(1000)
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password' })

/** A name to be looked for among stored ones: normalised alike, and held to no rule but that of being text to Postgres. */
export const presentedName = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be text')
    .transform((text) => text.normalize('NFKC').toLowerCase())

const Email = z
  .email('must be an email address')
  .max(254, 'must have at most 254 characters') // RFC 5321, by way of erratum 1690 to RFC 3696
  .toLowerCase()

const Role = z.enum(['user', 'admin'])

/** What it takes to register. */
export const NewUser = z.strictObject({
  username: Username,
  password: Password,
  email: Email.nullable().default(null),
})
export type NewUser = z.output<typeof NewUser>

/** What may change of a user; `role` and `suspended` are for admins. */
export const UserPatch = z
  .strictObject({ username: Username, email: Email.nullable(), role: Role, suspended: z.boolean() })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change at least one field')
export type UserPatch = z.output<typeof UserPatch>

/** What it takes to change one's own password. */
export const PasswordChange = z.strictObject({ currentPassword: PresentedPassword, newPassword: Password })
export type PasswordChange = z.output<typeof PasswordChange>

/** A user as anybody gets to see one. */
export const User = z.object({
  id: z.int(),
  username: z.string(),
  email: z.string().nullable(),
  role: Role,
  suspended: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

export const UserPage = pageOf(User)

const Id = z.int32().positive()
const Position = z.union([
  z.tuple([z.enum(['id', '-id']), Id, Id]),
  z.tuple([z.enum(['username', '-username']), z.string().regex(/^[\w.-]{1,32}$/), Id]),
  z.tuple([z.enum(['createdAt', '-createdAt']), z.iso.datetime({ precision: 3 }), Id]),
])

/** The query of a list of users: `q` is the beginning of a user name; a leading dash in `sort` means from last to first. */
export const UserQuery = z
  .strictObject({
    limit: Limit,
    cursor: cursorOf(Position).optional(),
    q: presentedName(100).optional(),
    sort: z.enum(['id', '-id', 'username', '-username', 'createdAt', '-createdAt']).default('id'),
  })
  .refine(({ cursor, sort }) => !cursor || cursor[0] === sort, {
    path: ['cursor'],
    error: 'belongs to a list in another order',
  })
export type UserQuery = z.output<typeof UserQuery>
