import * as z from 'zod'

/**
 * Text from outside, brought to Unicode's form NFKC so that two spellings of a word are one. Text of more than `max` UTF-16 code
 * units is refused with `error` before anything else reads it: normalising takes time quadratic in the number of combining
 * marks (Unicode Standard Annex 15, canonical ordering), so one body of 64 KiB would stop the process for seconds.
 */
export function text({
  max,
  error = `must have at most ${max} characters`,
}: {
  max: number
  error?: string
}) {
  return z
    .string()
    .max(max, { error, abort: true })
    .transform((bounded) => bounded.normalize('NFKC'))
}
