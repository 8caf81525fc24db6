import { and, eq, not, type SQL, sql } from 'drizzle-orm'
import { type PgColumn, unionAll } from 'drizzle-orm/pg-core'
import { asCaller } from '../access/act.ts'
import type { AdminCaller } from '../access/caller.ts'
import { listAsCaller } from '../access/lists.ts'
import type { Db } from '../db/db.ts'
import type { Placeholders } from '../db/prepared.ts'
import { type Page, pageOfRows } from '../http/pages.ts'
import { type UserRow, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { orderOf, type UserQuery, userOrder } from './schema.ts'

type Filters = Partial<Pick<UserQuery, 'email' | 'role' | 'suspended'>>

/** Returns one page of users. Throws `unauthenticated` and `forbidden`. */
export function listUsers(db: Db, caller: AdminCaller, { q, ...query }: UserQuery): Promise<Page<UserRow>> {
  const { email, role, suspended, limit, cursor, sort } = query
  const filters = { email, role, suspended }
  if (q === undefined) return selectUsers(db, caller, { limit, cursor, sort: orderOf({ sort }) }, filters)
  return searchUsers(db, caller, { limit, cursor, q }, filters)
}

const selectUsers = listAsCaller(
  'select_users',
  userOrder,
  (db, me, filters: Partial<Placeholders<Filters>>) => ({
    select: db.select(userColumns).from(users).$dynamic(),
    where: and(me.isAdmin, ...conditions(filters)),
  }),
)

// A placeholder for each filter that is given: an index can serve a condition, and none of the form "or is null".
const conditions = ({ email, role, suspended }: Partial<Placeholders<Filters>>): (SQL | undefined)[] => [
  email && eq(users.email, email),
  role && eq(users.role, role),
  suspended && eq(users.suspended, suspended),
]

type Search = { limit: number; q: string; cursor?: UserQuery['cursor'] }

async function searchUsers(db: Db, caller: AdminCaller, { limit, q, cursor }: Search, filters: Filters) {
  const given = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const key = given.join(' ')
  const search = searches.get(key) ?? searchBy(given)
  searches.set(key, search)
  // No stored character comes after the last one of Unicode, so that this is the end of all that begins with q.
  const range = { first: q, end: `${q}\u{10FFFF}`, after: String(cursor?.[1] ?? '') }
  const { rows } = await search(db, caller, { ...filters, ...range, limit: limit + 1 })
  return pageOfRows(rows, limit, ({ match, id }) => ['match', match, id])
}

const searches = new Map<string, ReturnType<typeof searchBy>>()

type Values = Filters & { first: string; end: string; after: string; limit: number }

/*
 * Two indexes are read, each from the place of the cursor on and for one page at most, and merged: so a page costs the same
 * for a frequent and for a rare beginning. `~<~` compares bytes, as the indexes for prefixes do.
 */
const searchBy = (given: string[]) =>
  asCaller(
    `search_users ${given.join(' ')}`,
    (db, me, values: Placeholders<Values>) => {
      const filters = Object.fromEntries(given.map((name) => [name, values[name as keyof Values]]))
      const isBetween = (text: PgColumn): SQL =>
        sql`${text} ~>=~ ${values.first} and ${text} ~<~ ${values.end} and ${text} ~>~ ${values.after}`
      const branch = (text: PgColumn, where?: SQL) =>
        db
          .select({ ...userColumns, match: sql<string>`${text}`.as('match') })
          .from(users)
          .where(and(me.isAdmin, isBetween(text), where, ...conditions(filters)))
          .orderBy(sql`${text} using ~<~`)
          .limit(values.limit)
      const hasSuchName = sql`(${users.username} ~>=~ ${values.first} and ${users.username} ~<~ ${values.end})`
      const byName = branch(users.username)
      const byAddress = branch(users.email, and(users.emailVerified, not(hasSuchName)))
      return unionAll(byName, byAddress).orderBy(sql`match using ~<~`).limit(values.limit)
    },
    { order: [sql`match using ~<~`] },
  )
