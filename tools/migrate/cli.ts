import { resolve } from 'node:path'
import { runTool, ToolError } from '../error.ts'
import type { Command, Context } from './command.ts'
import { check } from './commands/check.ts'
import { create } from './commands/create.ts'
import { current } from './commands/current.ts'
import { down } from './commands/down.ts'
import { drop } from './commands/drop.ts'
import { history } from './commands/history.ts'
import { plan } from './commands/plan.ts'
import { stamp } from './commands/stamp.ts'
import { up } from './commands/up.ts'
import { MIGRATIONS } from './folder.ts'
import { helpOf, overview } from './help.ts'
import { Refusal } from './refusal.ts'
import { migrationTarget } from './target.ts'

const COMMANDS: Record<string, Command> = { create, up, down, current, history, check, plan, stamp, drop }

await runTool(async () => {
  const { name, args, isJson, wantsHelp, folder } = readCommon(process.argv.slice(2))
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
    folder,
    database: migrationTarget,
    print: (line) => isJson || console.log(line),
    say: (line) => console.error(line),
  }
  try {
    const { exitCode = 0, data } = await found.run(context, args)
    if (isJson) console.log(JSON.stringify(data))
    return exitCode
  } catch (error) {
    if (!isJson || !(error instanceof ToolError)) throw error
    const { code, details } = error instanceof Refusal ? error : { code: 'failed', details: {} }
    console.log(JSON.stringify({ error: { code, message: error.message }, ...details }))
    return error.exitCode
  }
})

// What every command understands is taken out here, wherever it stands; the rest is the command's own.
function readCommon([name = '', ...rest]: string[]) {
  const args = rest.filter((arg) => !['--json', '--help', '-h'].includes(arg))
  const at = args.indexOf('--folder')
  const [, folder] = at < 0 ? [] : args.splice(at, 2)
  return {
    name: name.replace(/^(--help|-h)$/, 'help'),
    args,
    isJson: rest.includes('--json'),
    wantsHelp: rest.includes('--help') || rest.includes('-h'),
    folder: folder ? resolve(folder) : MIGRATIONS,
  }
}
