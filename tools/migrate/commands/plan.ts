import { ToolError } from '../../error.ts'
import { type Context, command } from '../command.ts'
import { type Folder, findRevision, type Migration, readFolder } from '../folder.ts'
import { WAIT_FOR_MIGRATORS } from '../run/migrator-lock.ts'
import { type Direction, readStatus, scriptOf } from '../run/run.ts'
import { withSession } from '../run/session.ts'
import { isApplied } from '../run/status.ts'
import { forget, PREPARE_TRACKING, recordApplied } from '../run/tracking.ts'

/** `plan`: prints, as a script for psql, what `up` or `down` would run, and runs nothing. */
export const plan = command({
  summary: 'print the SQL that up, or down, would run; runs nothing, and works without a database',
  options: {
    to: { type: 'string', value: 'REV', help: 'where to go: up, or down (default: the last one)' },
    from: { type: 'string', value: 'REV', help: 'where the database is; it is not asked then' },
  },
  async run(context, { to = 'last', from }) {
    const folder = readFolder(context.folder)
    const last = findRevision(folder, to)
    const first = from === undefined ? null : findRevision(folder, from)
    const applied = first === null ? await appliedIn(context, folder) : folder.migrations.slice(0, first + 1)
    const steps = stepsBetween(folder, new Set(applied), last)
    context.print(steps.length > 0 ? PREPARE_TRACKING.map(terminated).join('\n') : '-- Nothing to run.')
    for (const { sql } of steps) context.print(`\n${sql}`)
    return { data: { steps } }
  },
})

type Step = { name: string; direction: Direction; sql: string }

async function appliedIn({ database, say }: Context, folder: Folder): Promise<Migration[]> {
  try {
    const status = await withSession(await database(), (session) => readStatus(session, folder))
    return status.entries.filter(isApplied).map(({ migration }) => migration)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    say(
      `${error.message}\nWithout a database, this is the plan for an empty one; FROM=0003 plans from there.`,
    )
    return []
  }
}

function stepsBetween({ migrations }: Folder, applied: Set<Migration>, last: number): Step[] {
  const back = migrations.filter((migration, place) => applied.has(migration) && place > last).reverse()
  const on = migrations.filter((migration, place) => !applied.has(migration) && place <= last)
  return [
    ...back.map((migration) => stepFor(migration, 'down')),
    ...on.map((migration) => stepFor(migration, 'up')),
  ]
}

function stepFor(migration: Migration, direction: Direction): Step {
  const { path, statements, noTransaction } = scriptOf(migration, direction)
  const record = direction === 'up' ? recordApplied(migration) : forget(migration.when)
  const body = [...statements.map(({ sql }) => sql), record].map(terminated)
  const lines = noTransaction ? body : ['begin;', `${WAIT_FOR_MIGRATORS};`, ...body, 'commit;']
  return { name: migration.name, direction, sql: [`-- ${path}`, ...lines].join('\n') }
}

// On a line of its own where the statement may end in a comment.
const terminated = (sql: string): string =>
  sql.endsWith(';') ? sql : `${sql}${sql.includes('--') ? '\n' : ''};`
