import { command } from '../command.ts'
import { migrationsOf } from '../project.ts'
import { readStatus } from '../run/run.ts'
import { withSession } from '../run/session.ts'
import type { Entry, Status } from '../run/status.ts'

/** `history`: lists every migration with its state, whatever that is. */
export const history = command({
  summary: 'list all migrations: applied when, pending, edited, missing, unknown',
  options: {},
  async run(context) {
    const { database, print, say } = context
    const folder = migrationsOf(context)
    const url = await database()
    const rows = listed(await withSession(url, (session) => readStatus(session, folder)))
    const width = Math.max(0, ...rows.map(({ name }) => name.length))
    if (rows.length === 0) print('There are no migrations.')
    for (const { name, state, appliedAt, note } of rows) {
      print([name.padEnd(width), state.padEnd(10), (appliedAt ?? '-').padEnd(24), note].join('  ').trimEnd())
    }
    for (const { message } of folder.remarks) say(message)
    return { data: { migrations: rows, problems: folder.remarks.map(({ message }) => message) } }
  },
})

type Listed = { name: string; state: Entry['state'] | 'unknown'; appliedAt: string | null; note: string }

function listed({ entries, unknown }: Status): Listed[] {
  const known = entries.map(
    (entry): Listed => ({
      name: entry.name,
      state: entry.state,
      appliedAt: entry.tracked?.appliedAt?.toISOString() ?? null,
      note: noteOn(entry),
    }),
  )
  const others = unknown.map(
    ({ when, appliedAt }): Listed => ({
      name: `(dated ${new Date(when).toISOString()})`,
      state: 'unknown',
      appliedAt: appliedAt?.toISOString() ?? null,
      note: 'not in this folder',
    }),
  )
  return [...known, ...others]
}

function noteOn({ migration, tracked, downState }: Entry): string {
  if (tracked?.unfinished) {
    const { direction, done } = tracked.unfinished
    return `${done} of ${migration[direction]?.statements.length ?? '?'} statements ${direction} are done`
  }
  return { ready: '', edited: 'its down migration was edited', none: 'has no down migration' }[downState]
}
