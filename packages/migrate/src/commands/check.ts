import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { catalogDifferences } from '../catalog.ts'
import { compareLive } from '../check/live.ts'
import { catalogOf, type Replay, replay } from '../check/replay.ts'
import { type Context, command } from '../command.ts'
import type { Folder } from '../folder.ts'
import { loadModule } from '../load-module.ts'
import type { Project } from '../project.ts'
import { migrationsOf } from '../project.ts'
import { Refusal } from '../refusal.ts'
import type { Snapshot } from '../snapshot.ts'
import { lastSnapshot } from '../snapshot-file.ts'
import { calling } from '../wording.ts'

/** What one side says of itself: where `findings` is empty, it agrees with the others. */
type Side = { name: 'migrations' | 'models' | 'database'; agrees: string; findings: string[] }

/** `check`: holds the models, the migrations and the database against each other, and names the one that moved. */
export const check = command({
  summary: 'compare models, migrations and database, and say which of them moved',
  options: {
    models: {
      type: 'string',
      value: 'FILE',
      help: 'a module that exports the models (default: the project’s)',
    },
    'no-database': { type: 'boolean', help: 'compare models and migrations only' },
  },
  async run(context, { models, 'no-database': noDatabase }) {
    const folder = migrationsOf(context)
    const sides = await compareAll(
      folder,
      models === undefined ? context : { ...context, models: () => loadModule(resolve(models)) },
      noDatabase ? null : context.database,
    )
    for (const { message } of folder.remarks) context.say(message)
    for (const { name, agrees, findings } of sides) {
      context.print(`${name.padEnd(10)}  ${findings.length === 0 ? agrees : `${VERDICT[name]}:`}`)
      for (const finding of findings) context.print(`  ${finding}`)
    }
    const ok = sides.every(({ findings }) => findings.length === 0)
    return {
      exitCode: ok ? 0 : 1,
      data: { ok, ...Object.fromEntries(sides.map(({ name, findings }) => [name, findings])) },
    }
  },
})

const VERDICT = { migrations: 'not right', models: 'moved', database: 'moved' }

async function compareAll(
  folder: Folder,
  project: Project,
  database: Context['database'] | null,
): Promise<Side[]> {
  const agrees = `ok: all ${folder.migrations.length} run from empty, and back to empty`
  const replayed = await replay(folder, await project.scratch()).catch((error) => {
    if (error instanceof Refusal) return error
    throw error
  })
  if (replayed instanceof Refusal) {
    // What the migrations do is not known, so there is nothing to hold the others against.
    return [{ name: 'migrations', agrees, findings: [replayed.message] }]
  }
  return [
    { name: 'migrations', agrees, findings: replayed.inexact },
    await compareModels(folder, replayed, project),
    ...(database ? [await compareDatabase(await database(), folder, replayed)] : []),
  ]
}

async function compareModels(
  folder: Folder,
  { catalogs }: Replay,
  { models: load, scratch }: Project,
): Promise<Side> {
  // drizzle-kit takes long to load, so only what needs it does.
  const { createStatements, snapshotOf } = await import('../kit.ts')
  const models = await load()
  const fresh = await catalogOf(await createStatements(models), folder.path, await scratch())
  const differences = catalogDifferences(catalogs.at(-1) ?? new Map(), fresh)
  const agrees = 'ok: a fresh install of the models equals the migrations'
  if (differences.length === 0) return { name: 'models', agrees, findings: [] }
  const isPictured = isDeepStrictEqual(withoutIds(snapshotOf(models)), withoutIds(lastSnapshot(folder.path)))
  const advice = isPictured
    ? 'The SQL of the migrations was changed by hand: it does not do what their last snapshot says.'
    : `The models are ahead of the migrations: ${calling('create', { message: '…' })} writes the next one.`
  return {
    name: 'models',
    agrees,
    findings: [advice, ...differences.map((line) => `the migrations' ${line}`)],
  }
}

async function compareDatabase(url: string, folder: Folder, replayed: Replay): Promise<Side> {
  return { name: 'database', ...(await compareLive(url, folder, replayed)) }
}

const withoutIds = (snapshot: Snapshot | null) => ({ ...snapshot, id: null, prevId: null })
