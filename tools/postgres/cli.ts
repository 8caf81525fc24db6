import { runTool, ToolError } from '../error.ts'
import { databaseUrl, dataDir } from './databases.ts'
import { resetPostgres, stopPostgres } from './server.ts'

const commands: Record<string, () => Promise<void>> = {
  async url() {
    console.log(await databaseUrl('development'))
  },
  async 'test-url'() {
    console.log(await databaseUrl('test'))
  },
  async stop() {
    console.log(
      (await stopPostgres(dataDir()))
        ? 'PostgreSQL stopped; its data is kept.'
        : 'PostgreSQL was not running.',
    )
  },
  async reset() {
    await resetPostgres(dataDir())
    console.log('The embedded databases are deleted; `make run` makes new ones.')
  },
}

await runTool(async () => {
  const command = commands[process.argv[2] ?? '']
  if (!command) throw new ToolError(`Usage: bun tools/postgres/cli.ts ${Object.keys(commands).join(' | ')}`)
  await command()
  return 0
})
