import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readJournal } from './journal.ts'
import type { Place } from './plan/sql.ts'
import { Refusal } from './refusal.ts'
import { type Remark, remarksOn } from './remarks.ts'
import { readScript, type Script } from './script.ts'

/** One migration. `when` (milliseconds since 1970) is its date in drizzle-kit's journal and names it in a database. */
export type Migration = { name: string; when: number; up: Script | null; down: Script | null }

/** The migrations of a folder in the order in which they are applied. */
export type Folder = {
  path: string
  migrations: Migration[]
  /** What does not fit together. */
  remarks: Remark[]
  /** The table in which databases keep what they have had applied. */
  table: Place
}

/** The table of drizzle's own migrator, unless drizzle.config names another. */
export const DRIZZLE_TABLE: Place = { schema: 'drizzle', name: '__drizzle_migrations' }

/** Reads a folder of migrations. Throws `broken_folder` where there is none, and for a journal that is none. */
export function readFolder(path: string, table: Place = DRIZZLE_TABLE): Folder {
  if (!existsSync(path)) throw new Refusal('broken_folder', `There is no folder ${path}.`)
  const migrations = readJournal(path).entries.map(({ tag, when }) => ({
    name: tag,
    when,
    up: readScript(join(path, `${tag}.sql`)),
    down: readScript(join(path, `${tag}.down.sql`)),
  }))
  return { path, migrations, remarks: remarksOn(path, migrations), table }
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
