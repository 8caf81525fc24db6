import { command, lockTimeout, lockTimeoutMs, resume, wholeNumber } from '../command.ts'
import { findRevision, readFolder } from '../folder.ts'
import { migrateUp } from '../run/migrate-up.ts'
import { describeDatabase } from '../run/session.ts'

/** `up`: applies what is pending, one transaction a migration. */
export const up = command({
  summary: 'apply the pending migrations',
  options: {
    to: { type: 'string', value: 'REV', help: 'stop after this one (0003, or its whole name)' },
    'lock-timeout': lockTimeout,
    resume,
  },
  async run({ folder: path, database, print, say }, values) {
    const folder = readFolder(path)
    const url = await database()
    const result = await migrateUp(url, folder, {
      to: findRevision(folder, values.to ?? 'last'),
      onRan: ({ name, ms }) => print(`Applied ${name} (${ms} ms)`),
      say,
      lockTimeoutMs: lockTimeoutMs(values['lock-timeout']),
      resumeAt: wholeNumber('resume', values.resume, 1),
    })
    const what = result.applied.length > 0 ? 'Done' : 'Nothing to apply'
    print(`${what}: ${describeDatabase(url)} is at ${result.current ?? 'none'}.`)
    return { data: result }
  },
})
