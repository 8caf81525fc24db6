import type { Query } from '../catalog.ts'
import type { Blocker } from '../plan/conditions.ts'
import type { Hazard, Hazards } from '../plan/hazards.ts'
import { countRows } from '../run/session.ts'
import { remove } from './seed.ts'

/** Deletes the rows that a down migration would be refused for; whether there were any. */
export async function clear(query: Query, blockers: Blocker[]): Promise<boolean> {
  const found = await seen(query, blockers)
  for (const blocker of found) await remove(query, blocker).catch(() => {})
  return found.length > 0
}

/** The hazards that can be counted where the database is: a count may name what a rename only makes, and then the words must do. */
export async function countable(query: Query, { loses, blockedBy }: Hazards): Promise<Hazards> {
  const checked = async <T extends Hazard>(all: T[]) => {
    const works: T[] = []
    for (const hazard of all) if ((await countRows(query, hazard.count)) !== null) works.push(hazard)
    return works
  }
  return { loses: await checked(loses), blockedBy: await checked(blockedBy) }
}

/** Those hazards that the rows in the database have. */
export async function seen<T extends Hazard>(query: Query, all: T[]): Promise<T[]> {
  const found: T[] = []
  for (const hazard of all) if ((await countRows(query, hazard.count)) !== 0) found.push(hazard)
  return found
}
