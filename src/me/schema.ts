import * as z from 'zod'
import { Password, type PasswordRules, PresentedPassword } from '../identity/schema.ts'

/** A change of the caller's password. */
export const PasswordChange = (rules: PasswordRules) =>
  z.strictObject({ currentPassword: PresentedPassword, newPassword: Password(rules) })
export type PasswordChange = z.output<ReturnType<typeof PasswordChange>>
