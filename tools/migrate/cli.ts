import { runCommand } from '@hearth/migrate'
import { runTool } from '../error.ts'
import { PROJECT } from './project.ts'

await runTool(() => runCommand(process.argv.slice(2), PROJECT))
