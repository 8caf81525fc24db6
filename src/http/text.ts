import * as z from 'zod'

/**
 * The one door for text from outside: it refuses more than `max` UTF-16 code units with `error` before anything else reads the
 * text, then brings it to Unicode's form NFKC, so that two spellings of a word are one. The order matters: normalising takes
 * time quadratic in the number of combining marks (Unicode Standard Annex 15), and a body has room for 64 KiB of them.
 */
export const normalised = (max: number, error = `must have at most ${max} characters`) =>
  z
    .string()
    .max(max, { error, abort: true })
    .transform((bounded) => bounded.normalize('NFKC'))

/** Text to store, normalised: `min` to `max` characters (code points) without those that PostgreSQL cannot store. */
export function text({ min = 0, max }: { min?: number; max: number }) {
  const error = `must have at most ${max} characters`
  return normalised(4 * max, error) // room for characters of several code units; normalising makes most texts shorter
    .refine(isStorable, 'must not contain NUL or half of a surrogate pair')
    .refine((value) => codePoints(value) >= min, `must have at least ${min} characters`)
    .refine((value) => codePoints(value) <= max, error)
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max })
}

/** Whether PostgreSQL stores `value` as it is: NUL is refused, and half of a surrogate pair becomes U+FFFD. */
export const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes('\0')

/** The number of characters as a reader counts them, which is also what varchar(n) counts. */
export const codePoints = (value: string): number => [...value].length
