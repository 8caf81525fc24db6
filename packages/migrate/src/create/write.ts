import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Journal, journalPath, readJournal, snapshotPath } from '../journal.ts'
import { truncated } from '../plan/sql.ts'
import { Refusal } from '../refusal.ts'
import type { Snapshot } from '../snapshot.ts'
import { calling } from '../wording.ts'

/** What a migration's files hold. */
export type Draft = { slug: string; up: string; down: string; snapshot: Snapshot }

const SEPARATOR = '\n--> statement-breakpoint\n'

/** The text of an SQL file: comments for the runner and for people, then statements. */
export function fileText(head: string[], statements: string[]): string {
  return `${[...head, statements.join(SEPARATOR)].join('\n')}\n`
}

/** Writes a migration as the folder's newest, as drizzle-kit would, and returns the paths of its two SQL files. The journal comes last: what it does not name is not there. */
export function writeMigration(
  folder: string,
  { slug, up, down, snapshot }: Draft,
): { name: string; files: string[] } {
  mkdirSync(join(folder, 'meta'), { recursive: true })
  const journal = { version: '7', dialect: 'postgresql', ...readJournal(folder) }
  const last = journal.entries.at(-1)
  const idx = (last?.idx ?? -1) + 1
  const when = Math.max(Date.now(), ...journal.entries.map((entry) => entry.when + 1))
  const name = `${prefixAfter(last, idx, when)}_${slug}`
  const files = [join(folder, `${name}.sql`), join(folder, `${name}.down.sql`)]
  writeFileSync(files[0] ?? '', up)
  writeFileSync(files[1] ?? '', down)
  writeFileSync(snapshotPath(folder, name), JSON.stringify(snapshot, null, 2))
  journal.entries.push({ idx, version: '7', when, tag: name, breakpoints: true })
  writeFileSync(journalPath(folder), JSON.stringify(journal, null, 2))
  return { name, files }
}

/** A message as part of a file's name. Throws `usage` for one without a letter or digit. */
export function slugOf(message: string): string {
  const words =
    message
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length > 0) return truncated(words.join('_'), 60).replace(/_$/, '')
  throw new Refusal(
    'usage',
    `Say what the migration does: ${calling('create', { message: 'add email to users' })}.`,
  )
}

// As the last migration has it: a number, or with drizzle.config's `prefix` the time.
function prefixAfter(last: Journal['entries'][number] | undefined, idx: number, when: number): string {
  const before = last?.tag.match(/^\d+(?=_)/)?.[0].length ?? 4
  if (before === 14) return new Date(when).toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return before >= 10 ? String(Math.floor(before === 13 ? when : when / 1000)) : String(idx).padStart(4, '0')
}
