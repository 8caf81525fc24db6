import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

const MAX_BODY_BYTES = 64 * 1024

// A proxy passes a response on only after it has got rid of the body, so a body that is somewhat too large is read to its end.
const MOST_DISCARDED_BYTES = 1024 * 1024

/**
 * Receives the whole body before anything works on the request, so that a slow client uses up its own time and not that of the
 * work. Throws `too_large` for bodies above 64 KiB, whether they declare their length or not, `body_timeout` for those that do
 * not arrive in time, and `malformed` for those that break off.
 */
export const receiveBody = createMiddleware<Env>(async ({ req, env }, next) => {
  const { body } = req.raw
  if (body) await inTime(receive(req, body), env.config.bodyWithinMs)
  await next()
})

async function receive(request: HonoRequest, body: ReadableStream<Uint8Array>): Promise<void> {
  const declared = request.header('Transfer-Encoding') ? undefined : request.header('Content-Length')
  if (Number(declared) > MOST_DISCARDED_BYTES) throw tooLarge()
  if (Number(declared) <= MAX_BODY_BYTES) {
    await request.arrayBuffer().catch(breakOff)
    return
  }
  const bytes = await readBounded(body).catch(breakOff)
  if (bytes === null || declared) throw tooLarge()
  request.raw = new Request(request.raw, { body: bytes })
}

/** Reads a body to its end. Returns null for one that is too large, whose bytes are discarded up to a bound. */
async function readBounded(body: ReadableStream<Uint8Array>): Promise<ArrayBuffer | null> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length
    if (size <= MAX_BODY_BYTES) chunks.push(new Uint8Array(chunk.value))
    if (size > MOST_DISCARDED_BYTES) {
      reader.cancel().catch(() => {})
      break
    }
  }
  return size > MAX_BODY_BYTES ? null : new Blob(chunks).arrayBuffer()
}

async function inTime(receiving: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(tookTooLong()), ms)
  try {
    await Promise.race([receiving, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

// It is not our fault, though runtimes report it as an error.
function breakOff(): never {
  throw new AppError('malformed', 'The body broke off before its end.')
}

const tooLarge = () => new AppError('too_large', `The body is larger than ${MAX_BODY_BYTES / 1024} KiB.`)
const tookTooLong = () => new AppError('body_timeout', 'The body did not arrive in time.')
