import * as z from 'zod'

/** A moment on its way out: a Date becomes RFC 3339 in UTC. */
export const Timestamp = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.iso.datetime())
