import { command } from '../command.ts'
import { findRevision } from '../folder.ts'
import { migrationsOf } from '../project.ts'
import { Refusal } from '../refusal.ts'
import { lockedTransaction } from '../run/migrator-lock.ts'
import { readStatus } from '../run/run.ts'
import { describeDatabase, type Session, withSession } from '../run/session.ts'
import { type Entry, isApplied, type Status } from '../run/status.ts'
import { prepareTracking, type Tracking, trackingIn } from '../run/tracking.ts'
import { calling, flag } from '../wording.ts'

const LOCK_TIMEOUT_MS = 5_000

/** `stamp`: records that the database is at a migration, with the files as they are, and runs none of them. */
export const stamp = command({
  summary: 'record that the database is at a migration, without running anything',
  options: {
    rev: {
      type: 'string',
      value: 'REV',
      help: 'the migration (0003, or its whole name); none for an empty one',
    },
  },
  async run(context, { rev }) {
    const { database, print, say } = context
    if (rev === undefined)
      throw new Refusal(
        'usage',
        `Say which: ${calling('stamp', { rev: '0003' })}, or \`${flag('rev', 'none')}\`.`,
      )
    const folder = migrationsOf(context)
    const place = findRevision(folder, rev)
    const url = await database()
    const changes = await withSession(url, (session) =>
      lockedTransaction(session, { say, lockTimeoutMs: LOCK_TIMEOUT_MS }, async () => {
        const tracking = trackingIn(folder.table)
        await prepareTracking(session, tracking)
        return record(session, tracking, await readStatus(session, folder), place)
      }),
    )
    for (const line of changes) print(line)
    const name = folder.migrations[place]?.name ?? null
    print(`${describeDatabase(url)} is recorded as being at ${name ?? 'none'}; no migration was run.`)
    return { data: { current: name, changes } }
  },
})

async function record(
  session: Session,
  tracking: Tracking,
  status: Status,
  place: number,
): Promise<string[]> {
  const changes: string[] = []
  for (const { when } of status.unknown) {
    await session.query(tracking.forget(when))
    changes.push(`Forgot one dated ${new Date(when).toISOString()}, which is not in the folder.`)
  }
  for (const [at, entry] of status.entries.entries()) {
    const change = await recordOne(session, tracking, entry, at <= place)
    if (change) changes.push(change)
  }
  return changes
}

async function recordOne(
  session: Session,
  { forget, recordApplied, acceptFiles }: Tracking,
  entry: Entry,
  shouldBeApplied: boolean,
): Promise<string | null> {
  const { name, migration, tracked, state, downState } = entry
  if (!shouldBeApplied) {
    if (!tracked) return null
    await session.query(forget(migration.when))
    return `Forgot ${name}.`
  }
  if (!migration.up) throw new Refusal('missing', `${name}.sql is in the journal but not in the folder.`)
  if (!isApplied(entry)) {
    await session.query(forget(migration.when)) // what a half-applied one left
    await session.query(recordApplied(migration))
    return `Recorded ${name} as applied.`
  }
  if (state === 'applied' && downState !== 'edited') return null
  await session.query(acceptFiles(migration))
  return `Accepted the files of ${name} as they are.`
}
