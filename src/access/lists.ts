import { and, type Placeholder, type SQL } from 'drizzle-orm'
import type { Db } from '../db/db.ts'
import { comesAfter, type Keyset, orderBy, positionOf } from '../db/keyset.ts'
import type { Placeholders } from '../db/prepared.ts'
import { type Page, type PageQuery, pageOfRows } from '../http/pages.ts'
import { ACTED, type Act, asCaller, type Me } from './act.ts'
import type { Caller } from './caller.ts'

type Row = Record<string, unknown>

/** A SELECT in Drizzle's dynamic mode (`$dynamic()`), before WHERE, ORDER BY and LIMIT. */
type Select<Item extends Row> = Act<Item> & {
  where(condition: SQL | undefined): Select<Item>
  orderBy(...columns: SQL[]): Select<Item>
  limit(rows: Placeholder): Select<Item>
}

type Listing<Item extends Row> = { select: Select<Item>; where: SQL | undefined }
type Place = { limit: number; value: string | number; id: number }

/**
 * Returns a function that reads one page for the caller, in one statement that is built once for each order and set of
 * filters. `listing` says what to select, and restricts it by the caller and by the filters that are given. A page deep in
 * the list costs what the first one costs. The function throws `unauthenticated`.
 */
export function listAsCaller<Item extends Row, Filters extends object = object>(
  name: string,
  keyset: Keyset,
  listing: (db: Db, me: Me, filters: Partial<Placeholders<Filters>>) => Listing<Item>,
): (db: Db, caller: Caller, query: PageQuery, filters: Filters) => Promise<Page<Item>> {
  const statementFor = (sort: string, given: string[], hasCursor: boolean) =>
    asCaller(
      [name, sort, hasCursor, ...given].join(' '),
      (db, me, values: Placeholders<Filters & Place>) => {
        const filters = Object.fromEntries(
          given.map((filter) => [filter, values[filter as keyof typeof values]]),
        )
        const { select, where } = listing(db, me, filters as Partial<Placeholders<Filters>>)
        const after = hasCursor ? comesAfter(keyset, sort, values) : undefined
        return select
          .where(and(where, after))
          .orderBy(...orderBy(keyset, sort))
          .limit(values.limit)
      },
      { order: orderBy(keyset, sort, ACTED) },
    )
  const statements = new Map<string, ReturnType<typeof statementFor>>()
  return async (db, caller, { limit, sort, cursor }, filters) => {
    const given = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .map(([filter]) => filter)
    const key = [sort, cursor !== undefined, ...given].join(' ')
    const statement = statements.get(key) ?? statementFor(sort, given, cursor !== undefined)
    statements.set(key, statement)
    const [, value = 0, id = 0] = cursor ?? []
    // One row more than a page tells whether there is a next one.
    const { rows } = await statement(db, caller, { ...filters, limit: limit + 1, value, id })
    return pageOfRows(rows, limit, (row) => positionOf(keyset, sort, row))
  }
}
