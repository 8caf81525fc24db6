import { command, lockTimeout, lockTimeoutMs, resume, wholeNumber } from '../command.ts'
import { askFor } from '../consent.ts'
import { findRevision } from '../folder.ts'
import { migrationsOf } from '../project.ts'
import { Refusal } from '../refusal.ts'
import { checkBlocked, listed, priceOf } from '../run/price.ts'
import { readSettledStatus, readStatus, scriptOf } from '../run/run.ts'
import { runAll } from '../run/runner.ts'
import { describeDatabase, withSession } from '../run/session.ts'
import { checkBeforeDown, currentOf, type Entry, isApplied, type Status } from '../run/status.ts'
import { checkResume, checkUnfinished } from '../run/unfinished.ts'
import { flag } from '../wording.ts'

/** `down`: takes applied migrations back, the newest first, once somebody who has seen what it costs says yes. */
export const down = command({
  summary: 'take back the last migration, or more; says which data goes, and asks',
  options: {
    to: { type: 'string', value: 'REV', help: 'take back all after this one; none takes back all' },
    steps: { type: 'string', value: 'N', help: 'take back the last N (default 1)' },
    yes: { type: 'boolean', help: 'do not ask' },
    'lock-timeout': lockTimeout,
    resume,
  },
  async run(context, values) {
    const folder = migrationsOf(context)
    const resumeAt = wholeNumber('resume', values.resume, 1)
    const patience = { say: context.say, lockTimeoutMs: lockTimeoutMs(values['lock-timeout']) }
    const url = await context.database()
    return withSession(url, async (session) => {
      const status = await readSettledStatus(session, folder, patience)
      checkResume(status, resumeAt)
      checkUnfinished(status, 'down', resumeAt)
      const steps = chooseSteps(status, values)
      checkBeforeDown(status, steps)
      for (const { migration } of steps) scriptOf(migration, 'down')
      if (steps.length === 0) {
        context.print(`Nothing to take back: the database is at ${currentOf(status)?.name ?? 'none'}.`)
        return { data: { takenBack: [], prices: [], current: currentOf(status)?.name ?? null } }
      }

      const prices = await priceOf(session, steps, 'down')
      context.print(`Going back on ${describeDatabase(url)}:`)
      for (const line of listed(steps, prices)) context.print(line)
      checkBlocked(prices)
      if (!values.yes) await askFor(context, 'Go back', prices)
      let done = 0
      const takenBack = await runAll(session, {
        ...patience,
        folder,
        direction: 'down',
        next: (fresh) => expected(fresh, steps[done]),
        onRan: ({ name, ms }) => {
          done += 1
          context.print(`Took back ${name} (${ms} ms)`)
        },
        resumeAt,
      })
      const current = currentOf(await readStatus(session, folder))?.name ?? null
      context.print(`The database is at ${current ?? 'none'}.`)
      return { data: { takenBack, prices, current } }
    })
  },
})

function chooseSteps(status: Status, { to, steps }: { to?: string; steps?: string }): Entry[] {
  if (to !== undefined && steps !== undefined)
    throw new Refusal('usage', `Say ${flag('to', 'REV')} or ${flag('steps', 'N')}, not both.`)
  const applied = status.entries.filter(isThere).reverse()
  if (to === undefined) {
    const count = wholeNumber('steps', steps, 1) ?? 1
    if (count <= applied.length) return applied.slice(0, count)
    throw new Refusal('not_applied', `There are ${applied.length} migrations to take back, not ${count}.`)
  }
  const place = findRevision(status.folder, to)
  const target = status.entries[place]
  if (target && !isThere(target)) {
    throw new Refusal(
      'not_applied',
      `${target.name} is not applied: the database is at ${currentOf(status)?.name ?? 'none'}, before it.`,
    )
  }
  return applied.filter((entry) => status.entries.indexOf(entry) > place)
}

// One that stopped half down migration is there still, in part.
const isThere = (entry: Entry): boolean => isApplied(entry) || entry.tracked?.unfinished?.direction === 'down'

function expected(fresh: Status, step: Entry | undefined): Entry | null {
  if (!step) return null
  const newest = fresh.entries.findLast(isThere)
  if (newest?.name === step.name && fresh.unknown.length === 0) return newest
  throw new Refusal(
    'changed_meanwhile',
    'Another migrator changed the database meanwhile; look again and decide again.',
  )
}
