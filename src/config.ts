import * as z from 'zod'
import { AppError } from './errors.ts'

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`)

const oneOf = <const T extends string>(...values: T[]) =>
  z.enum(values, { error: `must be one of: ${values.join(', ')}` })

const databaseUrl = z
  .string({ error: 'is not set' })
  .refine(
    isDatabaseUrl,
    'must look like postgres://user:password@host:5432/database, with % in a password written %25',
  )

const origins = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter(Boolean))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins such as https://app.example.com, separated by commas',
  )

const mailUrl = z
  .string()
  .refine(
    (text) => text === 'log' || /^(https?|smtps?):$/.test(URL.parse(text)?.protocol ?? ''),
    'must be log, an https address to post mails to, or smtp://user:password@host:587',
  )

const Environment = z.object({
  DATABASE_URL: databaseUrl,
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  REGISTRATION: oneOf('open', 'closed').default('open'),
  PASSWORD_MIN_LENGTH: wholeNumber(6, 128).default(6),
  PASSWORD_BLOCKLIST: oneOf('on', 'off').default('off'),
  PWNED_PASSWORDS: oneOf('on', 'off').default('off'),
  SESSION_DAYS: wholeNumber(1, 3650).default(30),
  SESSION_MAX_DAYS: wholeNumber(1, 3650).default(365),
  CORS_ORIGINS: origins.default([]),
  CLIENT_IP_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
    .optional(),
  TRUSTED_PROXIES: wholeNumber(1, 10).optional(),
  MAIL_URL: mailUrl.optional(),
  MAIL_KEY: z.string().optional(),
  MAIL_FROM: z.string().optional(),
  APP_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://app.example.com' })
    .optional(),
  LOG: oneOf('json', 'pretty', 'off').default('json'),
  DRAIN_SECONDS: wholeNumber(0, 300).default(1),
})

/** The names of all variables of the environment that `loadConfig` reads. */
export const variables = Object.keys(Environment.shape)

// In a list anybody can write the entries on the left, so it must be known how many on the right are true.
const isListed = ({ CLIENT_IP_HEADER: header = '' }: z.output<typeof Environment>) =>
  /^(x-forwarded-for|forwarded)$/i.test(header)

const isSent = (mailUrl: string | undefined) => mailUrl !== undefined && mailUrl !== 'log'

const Settings = Environment.refine((env) => !isListed(env) || env.TRUSTED_PROXIES !== undefined, {
  path: ['TRUSTED_PROXIES'],
  error: 'is not set: a list such as X-Forwarded-For is read from the right, by the number of your proxies',
})
  // A link in a mail must lead where the operator says, never where a request's Host header does.
  .refine((env) => !isSent(env.MAIL_URL) || (env.MAIL_FROM !== undefined && env.APP_URL !== undefined), {
    path: ['MAIL_URL'],
    error: 'needs MAIL_FROM, the sender, and APP_URL, where the links lead',
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    host: env.HOST,
    port: env.PORT,
    registration: env.REGISTRATION,
    passwordMinLength: env.PASSWORD_MIN_LENGTH,
    passwordBlocklist: env.PASSWORD_BLOCKLIST,
    pwnedPasswords: env.PWNED_PASSWORDS,
    sessionDays: env.SESSION_DAYS,
    sessionMaxDays: env.SESSION_MAX_DAYS,
    corsOrigins: env.CORS_ORIGINS,
    clientIpHeader: env.CLIENT_IP_HEADER,
    trustedProxies: env.TRUSTED_PROXIES,
    mail: { url: env.MAIL_URL, key: env.MAIL_KEY ?? '', from: env.MAIL_FROM ?? '' },
    appUrl: env.APP_URL,
    log: env.LOG,
    drainSeconds: env.DRAIN_SECONDS,
    scrypt: SCRYPT,
    answerWithinMs: ANSWER_WITHIN_MS,
    bodyWithinMs: BODY_WITHIN_MS,
  }))

/** What a password hash costs: scrypt's N (a power of two), r and p (RFC 7914). */
export type ScryptCost = { N: number; r: number; p: number }

// One of the sets of the OWASP Password Storage Cheat Sheet: 16 MiB a hash. No variable of the environment can weaken it.
const SCRYPT: ScryptCost = { N: 2 ** 14, r: 8, p: 5 }

// A database that hangs must get callers a 503 before the runtime hangs up on them, which Bun does after 8 s at the earliest.
const ANSWER_WITHIN_MS = 7_000

// The body has its own time before that, or slow clients would look like a slow server.
const BODY_WITHIN_MS = 7_000

/** The settings of one running app. */
export type Config = z.output<typeof Settings>

/** Reads the settings from the environment; empty variables count as unset. Throws `misconfigured`, naming each variable that is wrong. */
export function loadConfig(env: Record<string, unknown>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = Settings.safeParse(set)
  if (result.success) return result.data
  const mistakes = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  throw new AppError('misconfigured', `${mistakes.join('; ')}.`)
}

/** Whether `text` is a connection string that every driver can take apart: a `%` in a password, say, must be written `%25`. */
export function isDatabaseUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) return false
  try {
    decodeURIComponent(url.username + url.password + url.pathname)
    return true
  } catch {
    return false
  }
}
