import { quote } from '../plan/sql.ts'
import { withSession } from '../run/session.ts'
import type { Snapshot } from '../snapshot.ts'

/** Runs `work` on scratch databases of a server and drops those roles of `snapshots` that it made: a role outlives its database. */
export async function forgettingNewRoles<T>(
  server: string,
  snapshots: Snapshot[],
  work: () => Promise<T>,
): Promise<T> {
  const names = [...new Set(snapshots.flatMap(({ roles }) => Object.keys(roles)))]
  if (names.length === 0) return work()
  return withSession(server, async ({ query }) => {
    const known = (await query('select rolname from pg_roles')).map(({ rolname }) => rolname)
    try {
      return await work()
    } finally {
      for (const name of names.filter((it) => !known.includes(it)))
        await query(`drop role if exists ${quote(name)}`)
    }
  })
}
