import { desc, eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import * as z from 'zod'
import { asCaller } from '../access/act.ts'
import type { Caller } from '../access/caller.ts'
import { knownPlaces, sessions } from '../access/table.ts'
import { pick } from '../db/columns.ts'
import type { Db } from '../db/db.ts'
import { requireOne } from '../errors.ts'
import { fieldsOf } from '../http/fields.ts'
import { ALICE, User, userColumns } from '../identity/schema.ts'
import { users } from '../identity/table.ts'
import { mails } from '../mail/table.ts'
import { Session, sessionColumns } from '../sessions/schema.ts'

const placeColumns = pick(knownPlaces, 'block', 'expiresAt')
const mailColumns = pick(mails, 'kind', 'address', 'createdAt')

/** All that is stored about a user, without secrets. */
export const Export = z
  .object({
    user: User,
    sessions: z.array(Session),
    places: z.array(z.object(fieldsOf(placeColumns))).meta({
      description: 'The blocks of addresses that you signed in from, which strangers cannot lock you out of.',
    }),
    mails: z
      .array(z.object(fieldsOf(mailColumns)))
      .meta({ description: 'The mails to you that wait to be sent or were sent in the last day.' }),
  })
  .meta({
    id: 'Export',
    examples: [
      {
        user: ALICE,
        sessions: [],
        places: [{ block: '192.0.2.1', expiresAt: '2027-03-07T09:30:00.000Z' }],
        mails: [],
      },
    ],
  })

/** Returns all that is stored about the caller, in one statement. Throws `unauthenticated`. */
export async function exportCaller(db: Db, caller: Caller) {
  const { rows } = await selectExport(db, caller, {})
  const { sessions, places, mails, ...user } = requireOne(rows, 'user')
  return { user, sessions, places, mails }
}

const selectExport = asCaller('export', (db, me) => {
  const shown = { ...sessionColumns, current: sql`${sessions.id} = ${me.sessionId}` }
  return db
    .select({
      ...userColumns,
      sessions: listOf(sessions, shown, me.isLive, sessions.id).as('sessions'),
      places: listOf(knownPlaces, placeColumns, eq(knownPlaces.userId, users.id), knownPlaces.expiresAt).as(
        'places',
      ),
      mails: listOf(mails, mailColumns, eq(mails.userId, users.id), mails.id).as('mails'),
    })
    .from(users)
    .where(me.is(users.id))
})

type Shown = Record<string, PgColumn | SQL>

// The rows of a table as one value, so that several lists come with one statement, each of at most a hundred or so.
function listOf(table: PgTable, shown: Shown, where: SQL | undefined, order: PgColumn): SQL<object[]> {
  const pairs = Object.entries(shown).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`)
  const row = sql`json_build_object(${sql.join(pairs, sql`, `)})`
  return sql<
    object[]
  >`coalesce((select json_agg(${row} order by ${desc(order)}) from ${table} where ${where}), '[]')::text`.mapWith(
    (text: string) => JSON.parse(text, (name, value) => (name.endsWith('At') ? new Date(value) : value)),
  )
}
