import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Refusal } from './refusal.ts'
import { readScript, type Script, shownPath } from './script.ts'
import { calling } from './wording.ts'

/** One migration. `when` (milliseconds since 1970) is its date in drizzle-kit's journal and names it in a database. */
export type Migration = { name: string; when: number; up: Script | null; down: Script | null }

/** The migrations of a folder in the order in which they are applied. `problems` are sentences: what does not fit together. */
export type Folder = { path: string; migrations: Migration[]; problems: string[] }

/** drizzle-kit's list of migrations, with whatever else it holds. */
export type Journal = { entries: { idx: number; when: number; tag: string; [more: string]: unknown }[] }

/** Where a folder's journal lies. */
export const journalPath = (folder: string): string => join(folder, 'meta/_journal.json')

/** Where drizzle-kit's picture of the models after a folder's migration number `idx` lies. */
export const snapshotPath = (folder: string, idx: number): string =>
  join(folder, `meta/${String(idx).padStart(4, '0')}_snapshot.json`)

/**
 * Reads the journal of a folder; an empty folder has no migrations. Throws `broken_folder` for a journal that is none, and for migrations
 * that no journal names.
 */
export function readJournal(folder: string): Journal {
  const path = journalPath(folder)
  refuseOtherLayouts(folder, existsSync(path))
  if (!existsSync(path)) return { entries: [] }
  const journal = parsed(readFileSync(path, 'utf8'))
  if (isJournal(journal)) return journal
  throw new Refusal(
    'broken_folder',
    `${shownPath(path)} is no journal of drizzle-kit: look for marks that a merge left in it.`,
  )
}

/** Reads a folder of migrations. Throws `broken_folder` where there is none, and for a journal that is none. */
export function readFolder(path: string): Folder {
  if (!existsSync(path)) throw new Refusal('broken_folder', `There is no folder ${path}.`)
  const migrations = readJournal(path).entries.map(({ tag, when }) => ({
    name: tag,
    when,
    up: readScript(join(path, `${tag}.sql`)),
    down: readScript(join(path, `${tag}.down.sql`)),
  }))
  return { path, migrations, problems: [...disorder(migrations), ...strays(path, migrations)] }
}

/**
 * The place of the migration that `revision` names (`0003`, `3` or its whole name) in `folder.migrations`; `none` is -1, the place
 * before the first, and `last` the last. Throws `unknown_revision`.
 */
export function findRevision(folder: Folder, revision: string): number {
  if (revision === 'none') return -1
  if (revision === 'last') return folder.migrations.length - 1
  const prefix = /^\d+$/.test(revision) ? `${revision.padStart(4, '0')}_` : null
  const found = folder.migrations.filter(({ name }) => (prefix ? name.startsWith(prefix) : name === revision))
  if (found[0] && found.length === 1) return folder.migrations.indexOf(found[0])
  const names = (found.length > 0 ? found : folder.migrations.slice(-3)).map(({ name }) => name).join(', ')
  throw new Refusal(
    'unknown_revision',
    found.length > 0
      ? `${revision} is more than one migration; give one's whole name: ${names}.`
      : `There is no migration ${revision} in ${basename(folder.path)}/. The last are: ${names || 'none'}.`,
  )
}

// An unread migration must never pass for a migration that is not there: the folder would read as empty, and all as well.
function refuseOtherLayouts(folder: string, hasJournal: boolean): void {
  if (!existsSync(folder)) return
  const names = readdirSync(folder).sort()
  const nested = names.find((name) => existsSync(join(folder, name, 'migration.sql')))
  if (nested !== undefined) {
    throw new Refusal(
      'broken_folder',
      `${shownPath(join(folder, nested))}/migration.sql is laid out as drizzle-kit 1.0 does it, which this tool does not read yet: keep the migrations of drizzle-kit 0.31 (with meta/_journal.json), or name another folder with --folder.`,
    )
  }
  const unnamed = names.find((name) => name.endsWith('.sql') && !name.endsWith('.down.sql'))
  if (hasJournal || unnamed === undefined) return
  throw new Refusal(
    'broken_folder',
    `${shownPath(join(folder, unnamed))} is there, but ${shownPath(journalPath(folder))} is not, so no migration would run: bring the journal back, or name another folder with --folder.`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

// By hand: loading Zod would take a third of the time in which a command starts.
function isJournal(value: unknown): value is Journal {
  const { entries } = (value ?? {}) as Partial<Journal>
  const isEntry = ({ idx, when, tag }: Journal['entries'][number]) =>
    Number.isInteger(idx) && Number.isInteger(when) && typeof tag === 'string'
  return Array.isArray(entries) && entries.every((entry) => entry && isEntry(entry))
}

// drizzle's migrator applies what is dated after the newest applied one, so a date out of order is a migration that it skips.
function disorder(migrations: Migration[]): string[] {
  return migrations.flatMap(({ name, when }, place) => {
    const before = migrations[place - 1]
    if (!before || before.when < when) return []
    return [
      `${name} comes after ${before.name} but is not dated after it, so a database that has the one would never get the other from drizzle-kit: delete it with ${calling('drop')} and make it again with ${calling('create')}.`,
    ]
  })
}

// A way back alone, such as `drizzle-kit drop` leaves behind, does no harm.
function strays(path: string, migrations: Migration[]): string[] {
  const known = new Set(migrations.map(({ name }) => `${name}.sql`))
  return readdirSync(path)
    .filter((file) => /^\d{4}_.*\.sql$/.test(file) && !file.endsWith('.down.sql') && !known.has(file))
    .sort()
    .map(
      (file) =>
        `${file} is not in meta/_journal.json, so it would never run: bring its entry back, or delete it and make the migration anew.`,
    )
}
