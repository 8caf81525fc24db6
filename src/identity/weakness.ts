import type { Config } from '../config.ts'
import { seemsIn } from './bloom.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'

/** Whose password it is. */
export type Owner = { username: string; email?: string | null | undefined }

const PRODUCT = 'hearth'

// What is left of a password without the words that anybody would try first must be as long as the shortest password.
const LEAST_REST = 6

/**
 * Returns what is wrong with a normalised password besides its length, as the end of a sentence, or null. With
 * `passwordBlocklist` (NIST SP 800-63B-4, section 3.1.1.2): not among the commonest passwords, not one repeated character, and
 * not made of the owner's name, the owner's email address or the name of this product.
 */
export function weaknessOf(
  password: string,
  { username, email }: Owner,
  { passwordBlocklist }: Pick<Config, 'passwordBlocklist'>,
): string | null {
  const lower = password.toLowerCase()
  if (lower === username) return 'must not be the user name'
  if (passwordBlocklist === 'off') return null
  if (seemsIn(COMMON_PASSWORDS, lower)) return 'is one of the commonest passwords'
  if (new Set(lower).size === 1) return 'must not be one repeated character'
  const words = [email, email?.split('@')[0], username, PRODUCT].filter(
    (word) => word != null && word.length >= 3,
  )
  const rest = words.reduce<string>((left, word) => left.replaceAll(word ?? '', ''), lower)
  return rest !== lower && rest.length < LEAST_REST
    ? 'must not be made of your name, your email address or the name of this service'
    : null
}
