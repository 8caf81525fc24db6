import { relative, resolve } from 'node:path'
import { type Context, command, type Outcome } from '../command.ts'
import type { Created } from '../create/create.ts'
import type { Ask } from '../create/decisions.ts'
import type { Question } from '../create/questions.ts'
import { loadModule } from '../load-module.ts'
import { choose } from '../prompt.ts'
import { report } from '../proof/report.ts'
import { flag } from '../wording.ts'

/** `create`: writes the next migration and its down migration from the models, and proves them. */
export const create = command({
  summary: 'write the next migration and its down migration, proved on a scratch database',
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
    'no-proof': { type: 'boolean', help: 'try nothing on a scratch database; the files say so' },
    models: {
      type: 'string',
      value: 'FILE',
      help: 'a module that exports the models (default: the project’s)',
    },
  },
  async run(context, { message = '', empty = false, models, 'no-proof': noProof = false, ...given }) {
    // drizzle-kit takes long to load, so only what needs it does.
    const { createMigration } = await import('../create/create.ts')
    const { created, open } = await createMigration({
      folder: context.folder,
      models: models ? await loadModule(resolve(models)) : await context.models(),
      message,
      empty,
      noProof,
      scratch: noProof ? '' : await context.scratch(),
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
      for (const line of report(proof, !noProof)) context.print(line)
    }
    const isProved = created.every(({ proof }) => proof.differences.length === 0)
    return {
      exitCode: isProved ? 0 : 2,
      data: { isProved: isProved && !noProof, created: created.map(summary) },
    }
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
  const answers = ({ names, renames }: Question) => [
    ...renames.map((it) => ['rename', it.names[0] ?? ''] as const),
    ['drop', names[0] ?? ''] as const,
  ]
  print('Nothing was written: say first what became of what is gone from the models.')
  for (const question of open) {
    print(`  The ${question.kind} ${question.gone} was renamed or dropped:`)
    for (const [option, value] of answers(question)) print(`    ${flag(option, value)}`)
  }
  print(`Or ${flag('no-rename')}, where all of it was dropped.`)
  const questions = open.map((question) => ({
    kind: question.kind,
    gone: question.gone,
    flags: answers(question).map(([option, value]) => `--${option} ${value}`),
  }))
  return { exitCode: 2, data: { isProved: false, created: [], questions } }
}

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
