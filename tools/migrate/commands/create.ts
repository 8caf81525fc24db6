import { relative, resolve } from 'node:path'
import { choose } from '../../prompt.ts'
import { type Context, command, type Outcome } from '../command.ts'
import type { Created } from '../create/create.ts'
import type { Ask } from '../create/decisions.ts'
import type { Question } from '../create/questions.ts'
import { report } from '../proof/report.ts'

/** `create`: writes the next migration and its way back from the models, and proves them. */
export const create = command({
  summary: 'write the next migration and its way back, proved on a scratch database',
  options: {
    message: { type: 'string', value: 'TEXT', help: 'what it does; becomes part of the name of its files' },
    empty: { type: 'boolean', help: 'two files to write by hand, such as for a change of data' },
    rename: { type: 'string', multiple: true, value: 'OLD:NEW', help: 'a new name, as users.name:username' },
    drop: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'gone for good, not renamed, as users.name',
    },
    'no-rename': { type: 'boolean', help: 'whatever is gone and in question is gone for good' },
    models: {
      type: 'string',
      value: 'FILE',
      help: 'a module that exports the models (default: every src/**/table.ts)',
    },
  },
  async run(context, { message = '', empty = false, models, ...given }) {
    // drizzle-kit takes long to load, so only what needs it does.
    const [{ createMigration }, { loadModels }] = await Promise.all([
      import('../create/create.ts'),
      import('../models.ts'),
    ])
    const { created, open } = await createMigration({
      folder: context.folder,
      models: models ? await import(resolve(models)) : await loadModels(),
      message,
      empty,
      answers: {
        renames: several(given.rename),
        drops: several(given.drop),
        noRename: given['no-rename'] ?? false,
      },
      ask: process.stdin.isTTY ? askOnTerminal : async () => undefined,
    })
    if (open.length > 0) return undecided(context, open)
    if (created.length === 0)
      context.print('Nothing to migrate: the models are as the last migration left them.')
    for (const { files, proof } of created) {
      context.print(`Wrote ${files.map((file) => relative(process.cwd(), file)).join(' and ')}`)
      for (const line of report(proof)) context.print(line)
    }
    const isProved = created.every(({ proof }) => proof.differences.length === 0)
    return { exitCode: isProved ? 0 : 2, data: { isProved, created: created.map(summary) } }
  },
})

// From make, several come as one.
const several = (given: string[] = []): string[] =>
  given.flatMap((it) => it.split(',')).map((it) => it.trim())

const askOnTerminal: Ask = async ({ kind, gone, renames }) => {
  const options = [...renames.map(({ to }) => `renamed to ${to}`), 'dropped, with all that it holds']
  const choice = await choose(`What became of the ${kind} ${gone}?`, options)
  return renames[choice]?.rename ?? null
}

function undecided({ print }: Context, open: Question[]): Outcome {
  const questions = open.map(({ kind, gone, names, renames }) => ({
    kind,
    gone,
    flags: [...renames.map((it) => `--rename ${it.names[0]}`), `--drop ${names[0]}`],
  }))
  print('Nothing was written: say first what became of what is gone from the models.')
  for (const { kind, gone, flags } of questions) {
    print(`  The ${kind} ${gone} was renamed or dropped:`)
    for (const flag of flags) print(`    ${flag}`)
  }
  print(`With make: ${MAKE_HINT}`)
  return { exitCode: 2, data: { isProved: false, created: [], questions } }
}

const MAKE_HINT = 'RENAME="users.name:username", DROP="users.name", or NO_RENAME=1 for all.'

function summary({ name, files, proof: { up, down, ...proof } }: Created) {
  const hazards = ({ loses, blockedBy }: typeof up) => ({
    loses: loses.map(({ what }) => what),
    blockedBy: blockedBy.map(({ what }) => what),
  })
  return {
    name,
    files: files.map((file) => relative(process.cwd(), file)),
    up: hazards(up),
    down: hazards(down),
    ...proof,
  }
}
