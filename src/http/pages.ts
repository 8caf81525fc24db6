import type { Context, TypedResponse } from 'hono'
import * as z from 'zod'
import type { Keyset, Position, Sort } from '../db/keyset.ts'

/** One page of a list. `nextCursor` is null on the last one. */
export type Page<Item> = { items: Item[]; nextCursor: string | null }

const pages = new WeakSet<z.ZodType>()

/** The schema of a page of `Item`s, for the response. In OpenAPI it has the name of the item's schema, and `Page`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  const { id, examples } = item.meta() ?? {}
  const page = z.object({ items: z.array(item), nextCursor: NextCursor }).meta({
    ...(id && { id: `${id}Page` }),
    ...(Array.isArray(examples) && { examples: [{ items: examples, nextCursor: null }] }),
  })
  pages.add(page)
  return page
}

const NextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last one.' })

/** Whether a schema is that of a page. */
export const isPage = (schema: z.ZodType): boolean => pages.has(schema)

/** What every list is asked for. */
export type PageQuery = { limit: number; sort: string; cursor?: Position | undefined }

/** The query key `limit`: 1 to 100, 20 by default. */
const Limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
  .default('20')
  .transform(Number)
  .meta({ openapi: { type: 'integer', minimum: 1, maximum: 100, default: 20 } })

/**
 * The schema of a list's query: `limit`, `cursor` and `sort`, of which the first one is the default. Filters are added by
 * `.safeExtend({ … })`. A cursor is opaque to callers. It contains the last row's place in the order, so that the next page
 * begins there, whatever came or went in between.
 */
export function listQuery<Name extends string, Order extends Sort<Name>>(
  keyset: Keyset<Name>,
  ...sorts: [Order, ...Order[]]
) {
  return z
    .strictObject({
      limit: Limit,
      cursor: cursorOf(keyset).optional(),
      sort: z
        .enum(sorts)
        .default(sorts[0] as never) // TypeScript can't see that a member of `Order` is one
        .meta({ description: 'The order; `-` reverses it.' }),
    })
    .refine(({ cursor, sort }) => !cursor || cursor[0] === sort, {
      path: ['cursor'],
      error: 'belongs to a list in another order',
    })
}

function cursorOf(keyset: Keyset) {
  return z
    .string()
    .max(512, { abort: true })
    .transform((text, context) => {
      const position = parsePosition(keyset, decodeCursor(text))
      if (position) return position
      context.addIssue('is not a cursor from this list') // the content of a cursor is not the caller's to know
      return z.NEVER
    })
    .meta({ description: 'The `nextCursor` of the page before, which had the same `sort`.' })
}

const Tuple = z.tuple([z.string(), z.union([z.string().max(255), z.number()]), z.int32().positive()])
const VALUES: Record<string, z.ZodType> = {
  number: z.int32(),
  string: z.string().refine((text) => text.isWellFormed() && !text.includes('\0')),
  date: z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith('0000')), // Postgres has no year zero
}

function parsePosition({ by }: Keyset, value: unknown): Position | null {
  const { data } = Tuple.safeParse(value)
  const column = data && by[data[0].replace('-', '')]
  return column && VALUES[column.dataType]?.safeParse(data[1]).success ? data : null
}

/** Cuts `rows`, of which there may be one more than `limit`, to a page. */
export function pageOfRows<Row>(rows: Row[], limit: number, positionOf: (row: Row) => Position): Page<Row> {
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last ? encodeCursor(positionOf(last)) : null }
}

/** Answers with a page, and with a `Link` header (RFC 8288) to the next one if there is one. */
export function respondWithPage<Body extends Page<unknown>>(
  c: Context,
  body: Body,
): Response & TypedResponse<Body, 200, 'json'> {
  if (body.nextCursor) {
    const query = new URLSearchParams(c.req.query())
    query.set('cursor', body.nextCursor)
    c.header('Link', `<${c.req.path}?${query}>; rel="next"`)
  }
  return c.json(body, 200) as Response & TypedResponse<Body, 200, 'json'>
}

/** Writes a position as an opaque cursor. */
export const encodeCursor = (position: Position): string =>
  new TextEncoder().encode(JSON.stringify(position)).toBase64({ alphabet: 'base64url', omitPadding: true })

function decodeCursor(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' })))
  } catch {
    return undefined
  }
}
