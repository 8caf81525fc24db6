import { command, lockTimeout, lockTimeoutMs, resume, wholeNumber } from '../command.ts'
import { askFor } from '../consent.ts'
import { findRevision } from '../folder.ts'
import { migrationsOf } from '../project.ts'
import { inSentence } from '../run/locks.ts'
import { migrateUp } from '../run/migrate-up.ts'
import { listed, type Price } from '../run/price.ts'
import { describeDatabase } from '../run/session.ts'
import type { Entry } from '../run/status.ts'

/** `up`: applies what is pending, one transaction a migration, once somebody who has seen which data goes says yes. */
export const up = command({
  summary: 'apply the pending migrations; asks where data would go',
  options: {
    to: { type: 'string', value: 'REV', help: 'stop after this one (0003, or its whole name)' },
    steps: { type: 'string', value: 'N', help: 'apply the next N only' },
    yes: { type: 'boolean', help: 'do not ask, whatever goes' },
    'lock-timeout': lockTimeout,
    resume,
  },
  async run(context, values) {
    const { database, print, say } = context
    const folder = migrationsOf(context)
    const url = await database()
    const agree = async (steps: Entry[], prices: Price[]) => {
      const costly = steps.filter(({ name }) => prices.some(({ migration }) => migration === name))
      print(`Going up on ${describeDatabase(url)}:`)
      for (const line of listed(costly, prices)) print(line)
      if (!values.yes) await askFor(context, 'Go up', prices)
    }
    const result = await migrateUp(url, folder, {
      to: findRevision(folder, values.to ?? 'last'),
      steps: wholeNumber('steps', values.steps, 1),
      agree,
      announce: (locks) => {
        for (const lock of locks) say(inSentence(lock))
      },
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
