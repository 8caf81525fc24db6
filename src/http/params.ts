import * as z from 'zod'

/** The largest value of PostgreSQL's type integer. */
export const LARGEST_ID = 2 ** 31 - 1

/** An id in a path: a canonical positive integer that fits PostgreSQL's type integer. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .refine((id) => id <= LARGEST_ID)
  .meta({ openapi: { type: 'integer', minimum: 1, maximum: LARGEST_ID, examples: [1] } })
