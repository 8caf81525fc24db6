import * as z from 'zod'
import { ALICES_PASSWORD, Password, type PasswordRules, PresentedPassword } from '../identity/schema.ts'

/** A change of the caller's password. */
export const PasswordChange = (rules: PasswordRules) =>
  z.strictObject({ currentPassword: PresentedPassword, newPassword: Password(rules) }).meta({
    id: 'PasswordChange',
    examples: [{ currentPassword: ALICES_PASSWORD, newPassword: 'stapled battery horse correct' }],
  })
export type PasswordChange = z.output<ReturnType<typeof PasswordChange>>
