import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import { addressBlock } from './address.ts'
import { clientOf } from './client.ts'
import type { Env } from './env.ts'
import { described } from './operations.ts'

/** How many requests may be in progress at once that hash. One address gets at most half of the places. */
export type Room = { places: number; inside: Map<symbol, { block: string; until: number }> }

/** Makes an empty room. */
export const roomOf = (places: number): Room => ({ places, inside: new Map() })

/**
 * For operations that hash: where a hash stops everything else (`Services.room`), refuses at arrival what would be late, since
 * a queue behind it would only ever see hashes that have ended. Throws `unavailable`.
 */
export const hashes = described(
  createMiddleware<Env>(async (c, next) => {
    const { room, config } = c.env
    if (!room) return next()
    const place = Symbol()
    enter(room, place, addressBlock(clientOf(c).ip), config.answerWithinMs)
    try {
      await next()
    } finally {
      room.inside.delete(place)
    }
  }),
  {},
)

function enter({ places, inside }: Room, place: symbol, block: string, staysMs: number): void {
  const now = Date.now()
  // workerd ends a request whose client has left without running what is left of it, so places also end by time.
  for (const [other, { until }] of inside) if (until < now) inside.delete(other)
  const neighbours = [...inside.values()].filter((it) => it.block === block).length
  if (inside.size >= places || neighbours >= places / 2)
    throw new AppError('unavailable', 'The server is busy; try again in a few seconds.', { retryAfter: 2 })
  inside.set(place, { block, until: now + staysMs })
}
