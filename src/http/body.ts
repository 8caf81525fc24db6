import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../errors.ts'

const MAX_BODY_BYTES = 64 * 1024

const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge })

/** Throws `too_large` for bodies above 64 KiB, whether they say their length or not, and `malformed` for those that break off. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  try {
    return await limit(c, next)
  } catch (error) {
    // Hono answers what routes throw before it comes up to here, so the rest is a body of unknown length that was read.
    throw error instanceof AppError ? error : brokenOff()
  }
}

/** Returns the body's bytes. Throws `malformed` when it breaks off: no fault of ours, though runtimes report it as an error. */
export async function readBody(c: Context): Promise<ArrayBuffer> {
  return c.req.arrayBuffer().catch(() => {
    throw brokenOff()
  })
}

function tooLarge(): never {
  throw new AppError('too_large', `The body is larger than ${MAX_BODY_BYTES / 1024} KiB.`)
}

const brokenOff = () => new AppError('malformed', 'The body broke off before its end.')
