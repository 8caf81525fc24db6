import { type Context, command } from '../command.ts'
import { type Folder, findRevision, type Migration } from '../folder.ts'
import { literal } from '../plan/sql.ts'
import { migrationsOf } from '../project.ts'
import { isSentence } from '../refusal.ts'
import { WAIT_FOR_MIGRATORS } from '../run/migrator-lock.ts'
import { type Direction, readStatus, scriptOf } from '../run/run.ts'
import { withSession } from '../run/session.ts'
import { isApplied } from '../run/status.ts'
import { type Tracking, trackingIn } from '../run/tracking.ts'
import { flag } from '../wording.ts'

/** `plan`: prints, as a script for psql, what `up` or `down` would run, and runs nothing. */
export const plan = command({
  summary: 'print the SQL that up, or down, would run; runs nothing, and works without a database',
  options: {
    to: { type: 'string', value: 'REV', help: 'where to go: up, or down (default: the last one)' },
    from: { type: 'string', value: 'REV', help: 'where the database is; it is not asked then' },
  },
  async run(context, { to = 'last', from }) {
    const folder = migrationsOf(context)
    const last = findRevision(folder, to)
    const first = from === undefined ? null : findRevision(folder, from)
    const applied = first === null ? await appliedIn(context, folder) : folder.migrations.slice(0, first + 1)
    const steps = stepsBetween(folder, new Set(applied), last)
    const head = [STOP_AT_AN_ERROR, ...trackingIn(folder.table).prepare.map(terminated)]
    context.print(steps.length > 0 ? head.join('\n') : '-- Nothing to run.')
    for (const { sql } of steps) context.print(`\n${sql}`)
    return { data: { steps } }
  },
})

// Else psql would go on with the next migration where one has failed.
const STOP_AT_AN_ERROR = '\\set ON_ERROR_STOP on'

type Step = { name: string; direction: Direction; sql: string }

async function appliedIn({ database, say }: Context, folder: Folder): Promise<Migration[]> {
  try {
    const status = await withSession(await database(), (session) => readStatus(session, folder))
    return status.entries.filter(isApplied).map(({ migration }) => migration)
  } catch (error) {
    if (!isSentence(error)) throw error
    say(
      `${error.message}\nWithout a database, this is the plan for an empty one; ${flag('from', '0003')} plans from there.`,
    )
    return []
  }
}

function stepsBetween({ migrations, table }: Folder, applied: Set<Migration>, last: number): Step[] {
  const back = migrations.filter((migration, place) => applied.has(migration) && place > last).reverse()
  const on = migrations.filter((migration, place) => !applied.has(migration) && place <= last)
  const there = migrations.filter((migration) => applied.has(migration))
  const tracking = trackingIn(table)
  const step = (migration: Migration, direction: Direction): Step => {
    const guard = guardFor(tracking, migration, there)
    if (direction === 'up') there.push(migration)
    else there.splice(there.indexOf(migration), 1)
    return stepFor(tracking, migration, direction, guard)
  }
  return [
    ...back.map((migration) => step(migration, 'down')),
    ...on.map((migration) => step(migration, 'up')),
  ]
}

function stepFor(
  { recordApplied, forget }: Tracking,
  migration: Migration,
  direction: Direction,
  guard: string,
): Step {
  const { path, statements, noTransaction } = scriptOf(migration, direction)
  const record = direction === 'up' ? recordApplied(migration) : forget(migration.when)
  const body = [guard, ...statements.map(({ sql }) => sql), record].map(terminated)
  const lines = noTransaction ? body : ['begin;', `${WAIT_FOR_MIGRATORS};`, ...body, 'commit;']
  return { name: migration.name, direction, sql: [`-- ${path}`, ...lines].join('\n') }
}

/** The statement that fails where the migrations `there` are not what is applied, which is where the script goes on with `migration`. */
function guardFor({ isAt }: Tracking, { name }: Migration, there: Migration[]): string {
  const message = `${name}: the database is not where this script expects it, so nothing was changed; print it again with the command plan.`
  return `do $$ begin if not (${isAt(there.at(-1), there.length)}) then raise exception using message = ${literal(message)}; end if; end $$`
}

// On a separate line where the statement may end in a comment.
const terminated = (sql: string): string =>
  sql.endsWith(';') ? sql : `${sql}${sql.includes('--') ? '\n' : ''};`
