import * as z from 'zod'
import { cursorOf, Limit, pageOf } from '../http/pages.ts'
import { text } from '../http/text.ts'
import { Timestamp } from '../http/timestamp.ts'

const RESERVED =
  'about admin administrator api docs health hearth help me null openapi root sessions staff support system undefined users'
const reserved = new Set(RESERVED.split(' '))

// What a text may measure before it is normalised, in code units. 128 characters with several marks each still fit.
const LONGEST_TEXT = 1000

const LONG_NAME = 'must have at most 32 characters'

// Normalised before the rules are checked: one character can become many, and two spellings must not be two users.
const Username = text({ max: LONGEST_TEXT, error: LONG_NAME })
  .transform((name) => name.toLowerCase())
  .pipe(
    z
      .string()
      .min(3, { error: 'must have at least 3 characters', abort: true })
      .max(32, { error: LONG_NAME, abort: true })
      .regex(
        /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])$/,
        'must consist of a-z, 0-9, dots, dashes and underscores, and begin and end with a letter or digit',
      )
      .refine((name) => !reserved.has(name), 'is reserved'),
  )
  .meta({ minLength: 3, maxLength: 32 })

const LONG_PASSWORD = 'must have at most 128 characters and 512 bytes'
const codePoints = (text: string) => [...text].length

/** A password as it comes in, normalised (NIST SP 800-63B, section 3.1.1.2) and never trimmed. */
export const Password = text({ max: LONGEST_TEXT, error: LONG_PASSWORD })
  .refine((password) => password.isWellFormed(), 'must be valid Unicode')
  .refine((password) => codePoints(password) >= 6, 'must have at least 6 characters')
  .refine(
    (password) => codePoints(password) <= 128 && new TextEncoder().encode(password).length <= 512,
    LONG_PASSWORD,
  )
  .meta({ minLength: 6, maxLength: 128, format: 'password' })

/** A password to be compared with a stored one: normalised alike, and held to no other rule, since rules change. */
export const PresentedPassword = text({ max: LONGEST_TEXT }).meta({ format: 'password' })

/** A name to look for among stored ones: normalised alike, and checked only for characters that Postgres cannot store. */
export const presentedName = (max: number) =>
  text({ max })
    .refine((name) => name.isWellFormed() && !name.includes('\0'), 'must be text')
    .transform((name) => name.toLowerCase())

const LONGEST_EMAIL = 254 // RFC 5321, by way of erratum 1690 to RFC 3696

const Email = z
  .string()
  .max(LONGEST_EMAIL, { error: `must have at most ${LONGEST_EMAIL} characters`, abort: true })
  .pipe(z.email('must be an email address').toLowerCase())
  .meta({ format: 'email' })

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
  .meta({ minProperties: 1 })
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
const Moment = z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith('0000')) // Postgres has no year zero
const Position = z.union([
  z.tuple([z.enum(['id', '-id']), Id, Id]),
  z.tuple([z.enum(['username', '-username']), z.string().regex(/^[\w.-]{1,32}$/), Id]),
  z.tuple([z.enum(['createdAt', '-createdAt']), Moment, Id]),
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
