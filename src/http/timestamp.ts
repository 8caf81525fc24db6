import * as z from 'zod'

/** A moment on its way out: a Date becomes RFC 3339 in UTC. */
export const Timestamp = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.iso.datetime())
  .meta({
    id: 'Timestamp',
    description: 'A moment in UTC, to the millisecond (RFC 3339).',
    openapi: { type: 'string', format: 'date-time' },
  })
