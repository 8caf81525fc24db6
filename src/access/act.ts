import { eq, type SQL, type SQLWrapper, sql, type WithSubquery } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder'
import type { ColumnsSelection } from 'drizzle-orm/sql'
import type { Db } from '../db/db.ts'
import { InsertFrom, type InsertValues } from '../db/insert.ts'
import { type Placeholders, prepared } from '../db/prepared.ts'
import { noteCaller } from '../db/work.ts'
import { AppError } from '../errors.ts'
import type { UserRow } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import {
  type Caller,
  extendIfDue,
  isDue,
  isLive,
  isProved,
  type Lookup,
  lookupOf,
  unauthenticated,
  unproved,
} from './caller.ts'
import { sessions } from './table.ts'

/** SQL about the caller, for the statement that acts for the caller. */
export type Me = {
  id: SQL<number>
  sessionId: SQL<number>
  isAdmin: SQL
  /** Joins a session to its user if it is valid. */
  isLive: SQL | undefined
  /** Whether `column` is the caller's id. Not true where the token is not valid. */
  is: (column: PgColumn) => SQL
  /** Inserts a row of the caller's, none where the token is not valid. */
  insert: <Table extends PgTable>(table: Table, values: InsertValues<Table>) => InsertFrom<Table>
}

type Row = Record<string, unknown>

/** The name under which the rows of a caller's statement can be ordered. */
export const ACTED = 'acted'

/** A statement that returns rows. */
export type Act<Found extends Row> = TypedQueryBuilder<ColumnsSelection, Found[]>

/**
 * `order` sorts the rows; `also` adds CTEs that follow from the rows of `acted`, such as a mail about what was changed. With
 * `wantsProof` the statement acts only for a caller who gave the password recently.
 */
type Options<Found> = {
  order?: SQL[]
  also?: (acted: Rows<Found>) => WithSubquery[]
  wantsProof?: boolean
}
type Rows<Found> = SQLWrapper & { [Name in keyof Found]: SQLWrapper }

type Acted<Found> = { caller: { id: number; role: UserRow['role'] }; rows: Found[] }

/**
 * Returns a function that looks the caller up and acts for the caller in one statement, built once for each database. `act`
 * is the statement that selects or changes rows; it must restrict them by `me`, so that an invalid token changes nothing.
 * The function returns the caller and the rows. Throws `unauthenticated`, and
 * `insufficient_user_authentication` where a proof is wanted.
 */
export function asCaller<Found extends Row, Values extends object = object>(
  name: string,
  act: (db: Db, me: Me, values: Placeholders<Values>) => Act<Found>,
  { order = [], also, wantsProof = false }: Options<Found> = {},
): (db: Db, caller: Caller, values: Values) => Promise<Acted<Found>> {
  const run = prepared(name, (db, values: Placeholders<Values & Lookup>) => {
    const caller = db.$with('caller').as(
      db
        .select({
          id: users.id,
          role: users.role,
          sessionId: sql<number>`${sessions.id}`.as('session_id'),
          isDue: isDue.as('is_due'),
          isProved: isProved.as('is_proved'),
        })
        .from(sessions)
        .innerJoin(users, isLive(values.sessionMaxDays))
        .where(eq(sessions.tokenDigest, values.tokenDigest)),
    )
    const actor = wantsProof ? sql`${caller} where ${caller.isProved}` : sql`${caller}`
    const id = sql<number>`(select ${caller.id} from ${actor})`
    const me: Me = {
      id,
      sessionId: sql<number>`(select ${caller.sessionId} from ${actor})`,
      isAdmin: sql`'admin' = (select ${caller.role} from ${actor})`,
      isLive: isLive(values.sessionMaxDays),
      is: (column) => eq(column, id),
      insert: (table, values) => new InsertFrom(table, values, actor),
    }
    const acted = db.$with(ACTED).as(act(db, me, values))
    return db
      .with(caller, acted, ...(also?.(acted as unknown as Rows<Found>) ?? []))
      .select()
      .from(caller)
      .leftJoin(acted, sql`true`)
      .orderBy(...order)
  })
  return async (db, caller, values) => {
    const found = (await run(db, { ...values, ...lookupOf(caller) })) as {
      caller: Acted<Found>['caller'] & { isDue: boolean; isProved: boolean }
      acted: Found | null
    }[]
    const [first] = found
    if (!first) throw unauthenticated()
    noteCaller(first.caller.id)
    if (caller.mustBe && first.caller.role !== caller.mustBe)
      throw new AppError('forbidden', 'Only admins may do this.')
    if (wantsProof && !first.caller.isProved) throw unproved()
    await extendIfDue(db, caller, first.caller.isDue)
    return { caller: first.caller, rows: found.flatMap(({ acted }) => (acted ? [acted] : [])) }
  }
}

/** Runs `act` for the caller in one statement, like `asCaller` for a statement that differs from request to request. */
export const actAs = <Found extends Row>(
  db: Db,
  caller: Caller,
  act: (me: Me) => Act<Found>,
  options: Options<Found> = {},
): Promise<Acted<Found>> => asCaller('', (_, me) => act(me), options)(db, caller, {})
