import { resolve } from 'node:path'
import type { Command, Context } from './command.ts'
import { adopt } from './commands/adopt.ts'
import { check } from './commands/check.ts'
import { create } from './commands/create.ts'
import { current } from './commands/current.ts'
import { down } from './commands/down.ts'
import { drop } from './commands/drop.ts'
import { history } from './commands/history.ts'
import { plan } from './commands/plan.ts'
import { redo } from './commands/redo.ts'
import { stamp } from './commands/stamp.ts'
import { up } from './commands/up.ts'
import { helpOf, overview } from './help.ts'
import type { Project } from './project.ts'
import { isSentence, Refusal } from './refusal.ts'

const COMMANDS: Record<string, Command> = {
  create,
  up,
  down,
  current,
  history,
  check,
  plan,
  stamp,
  drop,
  adopt,
  redo,
}

/**
 * Runs the command line `args` on a project and resolves with the exit code; what a person must know of a failure is printed, to stderr or
 * as JSON.
 */
export async function runCommand(args: string[], project: Project): Promise<number> {
  const { name, own, isJson, wantsHelp, folder } = readCommon(args)
  try {
    const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!found) {
      if (name && name !== 'help')
        throw new Refusal('usage', `There is no command ${name}.\n\n${overview(COMMANDS)}`)
      console.log(overview(COMMANDS))
      return 0
    }
    if (wantsHelp) {
      console.log(helpOf(name, found))
      return 0
    }
    const context: Context = {
      ...project,
      folder: folder ?? project.folder,
      print: (line) => isJson || console.log(line),
      say: (line) => console.error(line),
    }
    const { exitCode = 0, data } = await found.run(context, own)
    if (isJson) console.log(JSON.stringify(data))
    return exitCode
  } catch (error) {
    if (!isSentence(error)) throw error
    const { code, details } = error instanceof Refusal ? error : { code: 'failed', details: {} }
    if (isJson) console.log(JSON.stringify({ error: { code, message: error.message }, ...details }))
    else console.error(error.message)
    return error.exitCode
  }
}

// What every command understands is taken out here, at any place; the rest is the command's own.
function readCommon([name = '', ...rest]: string[]) {
  const own = rest.filter((arg) => !['--json', '--help', '-h'].includes(arg))
  const at = own.indexOf('--folder')
  const [, folder] = at < 0 ? [] : own.splice(at, 2)
  return {
    name: name.replace(/^(--help|-h)$/, 'help'),
    own,
    isJson: rest.includes('--json'),
    wantsHelp: rest.includes('--help') || rest.includes('-h'),
    folder: folder && resolve(folder),
  }
}
