import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PRELUDE } from './prelude.ts'
import { Refusal } from './refusal.ts'
import { shownPath } from './script.ts'

/** drizzle-kit's list of migrations, with whatever else it holds. */
export type Journal = { entries: { idx: number; when: number; tag: string; [more: string]: unknown }[] }

/** Where a folder's journal lies. */
export const journalPath = (folder: string): string => join(folder, 'meta/_journal.json')

/** Where drizzle-kit's picture of the models after a migration lies; `tag` is the migration's name, such as `0003_add_email`. */
export const snapshotPath = (folder: string, tag: string): string =>
  join(folder, `meta/${tag.split('_')[0]}_snapshot.json`)

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

/** Whether a file's name is one that an up migration may have. */
export const isMigration = (name: string): boolean =>
  name.endsWith('.sql') && !name.endsWith('.down.sql') && name !== PRELUDE

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
  const unnamed = names.find((name) => isMigration(name))
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
