import type { Context } from 'hono'
import * as z from 'zod'

/** One page of a list. `nextCursor` is null on the last one. */
export type Page<Item> = { items: Item[]; nextCursor: string | null }

/** The schema of a page of `Item`s, for the response. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/** The query key `limit`: 1 to 100, 20 by default. */
export const Limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
  .default('20')
  .transform(Number)

/**
 * The query key `cursor`: an opaque string to callers, a position in a list to the service. A position holds what the list
 * is sorted by, so a page starts where the last one ended whatever came or went in between.
 */
export function cursorOf<Position extends z.ZodType>(position: Position) {
  return z
    .string()
    .max(512, { abort: true })
    .transform((text, context) => {
      const { success, data } = position.safeParse(decodeCursor(text))
      if (success) return data
      context.addIssue('is not a cursor that this list gave') // what is in one is not the caller's to know
      return z.NEVER
    })
}

/** Writes a position in the form that `cursorOf` reads. */
export function encodeCursor(position: unknown): string {
  return new TextEncoder()
    .encode(JSON.stringify(position))
    .toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** Sets the `Link` header (RFC 8288) to the next page, when there is one. */
export function linkNextPage(c: Context, nextCursor: string | null): void {
  if (!nextCursor) return
  const query = new URLSearchParams(c.req.query())
  query.set('cursor', nextCursor)
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`)
}

function decodeCursor(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' })))
  } catch {
    return undefined
  }
}
