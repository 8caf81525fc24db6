import { embeddedServer } from '../../databases.ts'
import type { Snapshot } from '../snapshot.ts'

/** Runs `work` on scratch databases and drops those roles of `snapshots` that it made: a role outlives its database. */
export async function forgettingNewRoles<T>(snapshots: Snapshot[], work: () => Promise<T>): Promise<T> {
  const names = [...new Set(snapshots.flatMap(({ roles }) => Object.keys(roles)))]
  if (names.length === 0) return work()
  const server = await embeddedServer()
  await using admin = new Bun.SQL(server.url('postgres'), { max: 1 })
  const rows: { rolname: string }[] = await admin`select rolname from pg_roles`
  const known = rows.map(({ rolname }) => rolname)
  try {
    return await work()
  } finally {
    for (const name of names.filter((it) => !known.includes(it)))
      await admin`drop role if exists ${admin(name)}`
  }
}
