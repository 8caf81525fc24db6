import { removeAbandoned, resetPostgres, stopPostgres } from '@hearth/dev-postgres'
import { databaseUrl, dataDir } from './databases.ts'
import { runTool, ToolError } from './error.ts'

const commands: Record<string, () => Promise<void>> = {
  async url() {
    console.log(await databaseUrl('development'))
  },
  async 'test-url'() {
    await removeAbandoned('hearth-test-') // by test runs that were killed
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
  if (!command) throw new ToolError(`Usage: bun tools/postgres.ts ${Object.keys(commands).join(' | ')}`)
  await command()
  return 0
})
