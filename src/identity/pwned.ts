import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'

const RANGE = 'https://api.pwnedpasswords.com/range/'
const PATIENCE_MS = 1_000

/**
 * With `PWNED_PASSWORDS=on`, throws `invalid` at `pointer` for a password that Have I Been Pwned has seen in a breach. Five
 * digits of its SHA-1 leave this server (k-anonymity), and the response is padded. Where the service does not answer within a
 * second, every password passes.
 */
export async function assertNotPwned(
  password: string,
  pointer: string,
  { pwnedPasswords }: Pick<Config, 'pwnedPasswords'>,
): Promise<void> {
  if (pwnedPasswords === 'on' && (await isPwned(password).catch(() => false)))
    throw new AppError('invalid', 'This password is known from a data breach.', {
      errors: [{ pointer, detail: 'is known from a data breach' }],
    })
}

async function isPwned(password: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(password)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)).toHex().toUpperCase()
  const response = await fetch(RANGE + hash.slice(0, 5), {
    headers: { 'Add-Padding': 'true', 'User-Agent': 'hearth' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok) return false
  // A line is the rest of a hash and a count, which is 0 for padding.
  const line = (await response.text()).split('\n').find((it) => it.startsWith(`${hash.slice(5)}:`))
  return line !== undefined && Number(line.split(':')[1]) > 0
}
