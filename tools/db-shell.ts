import { databaseUrl } from './databases.ts'
import { runAttached } from './edge/child.ts'
import { runTool, ToolError } from './error.ts'

// What `make db-shell` does: psql on the development database.
await runTool(async () => {
  if (!Bun.which('psql'))
    throw new ToolError(
      'psql is not installed: get it with `apt install postgresql-client` or `brew install libpq`. `make db-url` prints the address for other programs.',
    )
  const url = new URL(await databaseUrl('development'))
  const { password } = url
  url.password = '' // arguments are visible to every user of the machine
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(password) }
  return runAttached(['psql', url.href, ...process.argv.slice(2)], { env })
})
