import { quote } from '../plan/sql.ts'
import type { Session } from '../run/session.ts'
import type { Snapshot } from '../snapshot.ts'

/** Runs `work` on a scratch database and drops those roles of `snapshots` that it made: a role outlives its database. */
export async function forgettingNewRoles<T>(
  { query }: Session,
  snapshots: Snapshot[],
  work: () => Promise<T>,
): Promise<T> {
  const names = [...new Set(snapshots.flatMap(({ roles }) => Object.keys(roles)))]
  if (names.length === 0) return work()
  const known = (await query('select rolname from pg_roles')).map(({ rolname }) => rolname)
  try {
    return await work()
  } finally {
    for (const name of names.filter((it) => !known.includes(it)))
      await query(`drop role if exists ${quote(name)}`)
  }
}
