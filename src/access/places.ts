import { and, desc, eq, gt, inArray, type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '../db/db.ts'
import { KNOWN_PLACE_DAYS, MOST_KNOWN_PLACES } from './limits.ts'
import { knownPlaces } from './table.ts'

type User = SQLWrapper & { id: SQLWrapper }

/** Whether the user in `user`, a CTE of at most one, has signed in from `block` before. */
export function isKnownPlace(user: User, block: Placeholder): SQL<boolean> {
  const isUsers = sql`${knownPlaces.userId} = (select ${user.id} from ${user})`
  const isKnown = and(isUsers, eq(knownPlaces.block, block), gt(knownPlaces.expiresAt, sql`now()`))
  return sql<boolean>`exists (select from ${knownPlaces} where ${isKnown})`
}

// INSERT and SET take the names of columns without their table.
const [userId, block, expiresAt] = [knownPlaces.userId, knownPlaces.block, knownPlaces.expiresAt].map(
  ({ name }) => sql.identifier(name),
)

/** CTEs that remember that the user in `user`, a CTE of at most one, has signed in from `place`. */
export function remembering(db: Db, user: User, place: string) {
  const remembered = db.$with('remembered', {}).as(sql`
    insert into ${knownPlaces} (${userId}, ${block}, ${expiresAt})
    select ${user.id}, ${place}, now() + ${sql.raw(`interval '${24 * KNOWN_PLACE_DAYS} hours'`)} from ${user}
    on conflict (${userId}, ${block}) do update set ${expiresAt} = excluded.${expiresAt} returning 1`)
  const others = alias(knownPlaces, 'others')
  const surplus = db
    .select({ block: others.block })
    .from(others)
    .where(sql`${others.userId} = (select ${user.id} from ${user}) and ${others.block} <> ${place}`)
    .orderBy(desc(others.expiresAt))
    .offset(MOST_KNOWN_PLACES - 1)
  const forgotten = db.$with('forgotten').as(
    db
      .delete(knownPlaces)
      .where(
        and(
          sql`${knownPlaces.userId} = (select ${user.id} from ${user})`,
          inArray(knownPlaces.block, surplus),
        ),
      )
      .returning({ block: knownPlaces.block }),
  )
  return [remembered, forgotten]
}
