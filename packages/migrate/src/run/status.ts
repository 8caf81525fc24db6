import type { Folder, Migration } from '../folder.ts'
import { Refusal } from '../refusal.ts'
import type { Remark } from '../remarks.ts'
import { calling } from '../wording.ts'
import type { Tracked } from './tracking.ts'

/** A migration as a database has it. `missing`: applied, and its file is gone. */
export type Entry = {
  name: string
  migration: Migration
  tracked: Tracked | null
  state: 'applied' | 'pending' | 'edited' | 'missing' | 'unfinished'
  /** The down migration: `edited` since the migration was applied, or `none` there. */
  downState: 'ready' | 'edited' | 'none'
}

/** A database compared with a folder: its migrations in order, and what the database has had applied that the folder lacks. */
export type Status = { folder: Folder; entries: Entry[]; unknown: Tracked[] }

/** Compares what a database has had applied with a folder. */
export function compare(folder: Folder, tracked: Tracked[]): Status {
  const left = new Set(tracked)
  const entries = folder.migrations.map((migration): Entry => {
    const rows = [...left].filter(({ when }) => when === migration.when)
    // Two of one date, as an old folder may have them, are told apart by their text.
    const row = rows.find(({ hash }) => migration.up?.hashes.includes(hash)) ?? rows[0] ?? null
    if (row) left.delete(row)
    return {
      name: migration.name,
      migration,
      tracked: row,
      state: stateOf(migration, row),
      downState: downStateOf(migration, row),
    }
  })
  return { folder, entries, unknown: [...left] }
}

/** Whether the database has this migration, with whatever file. */
export const isApplied = ({ state }: Entry): boolean => state !== 'pending' && state !== 'unfinished'

/** The migrations that are not applied, the oldest first. */
export const pendingOf = ({ entries }: Status): Entry[] => entries.filter((entry) => !isApplied(entry))

/** The newest applied migration, or null. */
export const currentOf = ({ entries }: Status): Entry | null => entries.findLast(isApplied) ?? null

/** Throws the first `Refusal` against applying what is pending. */
export function checkBeforeUp(status: Status): void {
  checkFolder(status)
  checkUnknown(status)
  const edited = status.entries.find(({ state }) => state === 'edited')
  if (edited) {
    throw new Refusal(
      'edited',
      `${edited.migration.up?.path} was edited after it was applied. Bring it back as it was and put the change into a new migration; or take it back with ${calling('down', { to: before(status, edited) })} and apply it again; or, if the database has the change already, say so with ${calling('stamp', { rev: currentOf(status)?.name ?? 'none' })}.`,
    )
  }
  const current = currentOf(status)
  const late = pendingOf(status)[0]
  if (current && late && status.entries.indexOf(late) < status.entries.indexOf(current)) {
    throw new Refusal(
      'out_of_order',
      `${late.name} is older than ${current.name}, which is applied already: a merge brought it in late. Where the data allows it, ${calling('down', { to: before(status, late) })} and ${calling('up')} apply both in order; else delete its files and journal entry and make it again, as the newest, with ${calling('create')}.`,
    )
  }
}

/** Throws the first `Refusal` against taking back `steps`, the newest first. */
export function checkBeforeDown(status: Status, steps: Entry[]): void {
  checkUnknown(status)
  for (const { name, state, downState, migration } of steps) {
    if (downState === 'none') {
      throw new Refusal(
        'missing',
        `${name} has no down migration: ${name}.down.sql is not there. Bring it back, or write it by hand.`,
      )
    }
    if (downState === 'edited' && state !== 'unfinished') {
      throw new Refusal(
        'edited',
        `${migration.down?.path} was edited after its migration was applied. Bring it back as it was; or, if it is right as it is, accept it with ${calling('stamp', { rev: currentOf(status)?.name ?? 'none' })}.`,
      )
    }
  }
}

/** The name of the migration before `entry`, or `none`: where to go back to so that `entry` is no longer applied. */
function before({ entries }: Status, entry: Entry): string {
  return entries[entries.indexOf(entry) - 1]?.name ?? 'none'
}

/** Which remarks on the folder are about a migration that is pending and can still be changed, or that nothing names. */
export function hindrances({ folder, entries }: Status): Remark[] {
  const newest = entries.findLast(isApplied)?.name ?? ''
  const isOdd = (name: string) => folder.remarks.some((remark) => remark.name === name)
  return folder.remarks.filter(({ kind, name }) => {
    if (kind === 'stray') return name > newest
    const place = entries.findIndex((it) => it.name === name)
    const entry = entries[place]
    // What others have followed already is history: every database gets it in this order.
    const isHistory = kind === 'date' && entries.slice(place + 1).some((later) => !isOdd(later.name))
    return entry && !isApplied(entry) && !isHistory
  })
}

function checkFolder(status: Status): void {
  const { entries } = status
  const [hindrance] = hindrances(status)
  if (hindrance) throw new Refusal('broken_folder', hindrance.message)
  const missing =
    entries.find((entry) => !isApplied(entry) && entry.migration.up === null) ??
    entries.find(({ state }) => state === 'missing')
  if (missing) {
    throw new Refusal(
      'missing',
      `${missing.name}.sql is in the journal but not in the folder: bring the file back; \`git log -- ${missing.name}.sql\` says where it went.`,
    )
  }
}

function checkUnknown(status: Status): void {
  const [row] = status.unknown
  if (!row) return
  const applied = row.appliedAt ? `, applied ${row.appliedAt.toISOString()}` : ''
  throw new Refusal(
    'unknown_applied',
    `The database has a migration that this folder lacks (dated ${new Date(row.when).toISOString()}${applied}): it comes from another branch. Take it back there with ${calling('down')}; or, to forget it and keep what it did, ${calling('stamp', { rev: currentOf(status)?.name ?? 'none' })}.`,
  )
}

function stateOf({ up }: Migration, row: Tracked | null): Entry['state'] {
  if (!row) return 'pending'
  if (row.unfinished) return 'unfinished'
  if (!up) return 'missing'
  return up.hashes.includes(row.hash) ? 'applied' : 'edited'
}

function downStateOf({ down }: Migration, row: Tracked | null): Entry['downState'] {
  if (!down) return 'none'
  // Without a recorded hash (drizzle's own migrator keeps none) there is nothing to hold the file against.
  return row && row.downHash !== null && !down.hashes.includes(row.downHash) ? 'edited' : 'ready'
}
