import type { Context } from 'hono'
import { AppError } from '../errors.ts'

const LARGEST_ID = 2 ** 31 - 1 // Postgres: integer

/** The `id` of the path. Throws `not_found` for what is no canonical positive integer, or too large to be an id. */
export function idParam(c: Context): number {
  const text = c.req.param('id') ?? ''
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0
  if (id < 1 || id > LARGEST_ID) throw new AppError('not_found', 'There is nothing with this id.')
  return id
}
