import * as z from 'zod'
import type { Config } from '../config.ts'
import { lengthOf, pick } from '../db/columns.ts'
import { fieldsOf } from '../http/fields.ts'
import { codePoints, isStorable, normalised } from '../http/text.ts'
import { userRole, users } from './table.ts'

const RESERVED =
  'about admin administrator api docs health hearth help me null openapi root sessions staff support system undefined users'
const reserved = new Set(RESERVED.split(' '))

// What a name or a password may measure before it is normalised. 128 characters with several marks each still fit.
const LONGEST_TEXT = 1000
const LONGEST_USERNAME = lengthOf(users.username)
const longUsername = `must have at most ${LONGEST_USERNAME} characters`

/** A user name to store. It is normalised before the rules are checked: one character can become many. */
export const Username = normalised(LONGEST_TEXT, longUsername)
  .transform((name) => name.toLowerCase())
  .pipe(
    z
      .string()
      .min(3, { error: 'must have at least 3 characters', abort: true })
      .max(LONGEST_USERNAME, { error: longUsername, abort: true })
      .regex(
        /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])$/,
        'must consist of a-z, 0-9, dots, dashes and underscores, and begin and end with a letter or digit',
      )
      .refine((name) => !reserved.has(name), 'is reserved'),
  )
  .meta({
    id: 'Username',
    minLength: 3,
    maxLength: LONGEST_USERNAME,
    pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])$',
    description: `Stored in lower case, after Unicode normalisation (NFKC). Reserved: ${RESERVED.replaceAll(' ', ', ')}.`,
  })

/** The settings that decide which passwords may be set. */
export type PasswordRules = Pick<Config, 'passwordMinLength' | 'passwordBlocklist'>

const longPassword = 'must have at most 128 characters and 512 bytes'

/** A password to set, normalised (NIST SP 800-63B, section 3.1.1.2) and never trimmed. */
export const Password = ({ passwordMinLength: min }: Pick<PasswordRules, 'passwordMinLength'>) =>
  normalised(LONGEST_TEXT, longPassword)
    .refine((password) => password.isWellFormed(), 'must be valid Unicode')
    .refine((password) => codePoints(password) >= min, `must have at least ${min} characters`)
    .refine(
      (password) => codePoints(password) <= 128 && new TextEncoder().encode(password).length <= 512,
      longPassword,
    )
    .meta({
      id: 'Password',
      minLength: min,
      maxLength: 128,
      format: 'password',
      description:
        'At most 512 bytes in UTF-8, not the user name, nor a common password where the server refuses those; compared after Unicode normalisation (NFKC).',
    })

/** A password to compare with a stored one. No rule but normalisation applies, since rules change. */
export const PresentedPassword = normalised(LONGEST_TEXT).meta({ format: 'password' })

/** A name to look for among stored ones: normalised like them, but checked only for characters that Postgres cannot store. */
export const presentedName = (max: number) =>
  normalised(max)
    .refine(isStorable, 'must be text')
    .transform((name) => name.toLowerCase())

// One dot-separated atom at least (RFC 5322, 3.4.1), at most 64 characters (RFC 5321, 4.5.3.1.1), and labels of at most 63 (RFC 1035, 2.3.4).
const EMAIL =
  /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$/
const LONGEST_EMAIL = lengthOf(users.email)

/** An email address, in lower case. */
export const Email = z
  .string()
  .max(LONGEST_EMAIL, { error: `must have at most ${LONGEST_EMAIL} characters`, abort: true })
  .regex(/^\p{ASCII}*$/u, {
    error: 'must be in ASCII; write the domain of an international address in its xn-- form',
    abort: true,
  })
  .regex(
    EMAIL,
    'must be an email address, with at most 64 characters before the @ and 63 in each part of the domain',
  )
  .toLowerCase()
  .meta({
    id: 'Email',
    openapi: {
      type: 'string',
      format: 'email',
      maxLength: LONGEST_EMAIL,
      pattern: EMAIL.source,
    },
    description: 'In ASCII; stored in lower case.',
  })

export const Role = z.enum(userRole.enumValues).meta({ id: 'Role' })

/** The columns of a user that responses show. A column that is not listed here is never read for a response. */
export const userColumns = pick(
  users,
  'id',
  'username',
  'email',
  'emailVerified',
  'role',
  'suspended',
  'createdAt',
  'updatedAt',
)

/** The user of all examples, and the password of that user. */
export const ALICE = {
  id: 1,
  username: 'alice',
  email: 'alice@example.com',
  emailVerified: false,
  role: 'user',
  suspended: false,
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
}

export const ALICES_PASSWORD = 'correct horse battery staple'

/** A user as responses show one. */
export const User = z
  .object({ ...fieldsOf(userColumns), role: Role })
  .meta({ id: 'User', description: 'A user.', examples: [ALICE] })

/** A stored user, without the columns that no response shows. */
export type UserRow = Pick<typeof users.$inferSelect, keyof typeof userColumns>
