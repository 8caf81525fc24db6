import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../command.ts'
import { journalPath, readJournal, snapshotPath } from '../journal.ts'
import { migrationsOf } from '../project.ts'
import { Refusal } from '../refusal.ts'
import { readStatus } from '../run/run.ts'
import { describeDatabase, withSession } from '../run/session.ts'
import { shownPath } from '../script.ts'
import { calling } from '../wording.ts'

/** `drop`: deletes the files of the last migration, which must not be applied. */
export const drop = command({
  summary: 'delete the last migration, which must not be applied: its files, snapshot and journal entry',
  options: {},
  async run(context) {
    const { database, print } = context
    const last = migrationsOf(context).migrations.at(-1)
    if (!last) throw new Refusal('unknown_revision', 'There is no migration to drop.')
    const url = await database()
    const status = await withSession(url, (session) => readStatus(session, migrationsOf(context)))
    if (status.entries.at(-1)?.tracked) {
      throw new Refusal(
        'still_applied',
        `${last.name} is applied to ${describeDatabase(url)}: take it back first, with ${calling('down')}.`,
      )
    }
    const journal = readJournal(context.folder)
    journal.entries.pop()
    // The journal first: a file that it does not name is harmless, one that it names and that is not there stops everything.
    writeFileSync(journalPath(context.folder), JSON.stringify(journal, null, 2))
    const files = [`${last.name}.sql`, `${last.name}.down.sql`].map((file) => join(context.folder, file))
    const dropped = [...files, snapshotPath(context.folder, last.name)].filter((file) => existsSync(file))
    for (const file of dropped) rmSync(file)
    print(`Dropped ${last.name}:`)
    for (const file of dropped) print(`  ${shownPath(file)}`)
    return { data: { dropped: last.name, files: dropped.map(shownPath) } }
  },
})
