/**
 * Why the server cannot be used.
 * - `no_programs`: npm has no PostgreSQL for this platform, or optional dependencies were left out
 * - `unusable_folder`: the folder cannot be created, entered or written to by this user
 * - `wrong_version`: the data belongs to another major version of PostgreSQL
 * - `disk_full`, `data_damaged`, `password_lost`: as the name says
 * - `not_started`, `not_stopped`: anything else; the message quotes PostgreSQL
 */
export type DevPostgresCode =
  | 'no_programs'
  | 'unusable_folder'
  | 'wrong_version'
  | 'disk_full'
  | 'data_damaged'
  | 'password_lost'
  | 'not_started'
  | 'not_stopped'

/** An obstacle that the person at the keyboard can remove. The message is for that person and says how. */
export class DevPostgresError extends Error {
  override name = 'DevPostgresError'
  readonly code: DevPostgresCode

  constructor(code: DevPostgresCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The code of a system error such as ENOENT, or undefined. */
export const systemCode = (error: unknown): string | undefined => (error as { code?: string }).code
