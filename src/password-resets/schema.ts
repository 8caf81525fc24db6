import * as z from 'zod'
import { ALICE, ALICES_PASSWORD, Password, type PasswordRules, presentedName } from '../identity/schema.ts'

/** Who forgot the password: a user name, or a verified email address. */
export const ResetRequest = z
  .strictObject({ username: presentedName(1000) })
  .meta({ id: 'PasswordResetRequest', examples: [{ username: ALICE.username }] })
export type ResetRequest = z.output<typeof ResetRequest>

/** The password to set instead. */
export const Reset = (rules: PasswordRules) =>
  z
    .strictObject({ newPassword: Password(rules) })
    .meta({ id: 'PasswordReset', examples: [{ newPassword: ALICES_PASSWORD }] })
export type Reset = z.output<ReturnType<typeof Reset>>
