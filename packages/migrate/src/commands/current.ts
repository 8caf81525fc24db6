import { command } from '../command.ts'
import { migrationsOf } from '../project.ts'
import { readStatus } from '../run/run.ts'
import { describeDatabase, withSession } from '../run/session.ts'
import { currentOf, pendingOf } from '../run/status.ts'
import { calling } from '../wording.ts'

const USUAL = ['applied', 'pending']

/** `current`: says at which migration the database is. */
export const current = command({
  summary: 'say at which migration the database is',
  options: {},
  async run(context) {
    const { database, print } = context
    const folder = migrationsOf(context)
    const url = await database()
    const status = await withSession(url, (session) => readStatus(session, folder))
    const name = currentOf(status)?.name ?? null
    const pending = pendingOf(status).map((entry) => entry.name)
    const left =
      pending.length > 0 ? `${pending.length} pending: ${pending.join(', ')}` : 'nothing is pending'
    print(`${describeDatabase(url)} is at ${name ?? 'none'}; ${left}.`)
    for (const { name, state } of status.entries.filter(({ state }) => !USUAL.includes(state))) {
      print(`${name} is ${state}; ${calling('up')} says what to do.`)
    }
    return { data: { current: name, pending } }
  },
})
