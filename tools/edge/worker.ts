import { startNeonLocal } from '@hearth/neon-local'
import { runTool } from '../error.ts'
import { migrateDevelopment } from '../migrate/development.ts'
import { wrangler } from './wrangler.ts'

// What `make worker` does: the database, its migrations, a local Neon in front of it, then the Worker as wrangler runs it.
await runTool(async () => {
  const neon = await startNeonLocal({ upstream: await migrateDevelopment() })
  const exitCode = await wrangler(['dev', ...process.argv.slice(2)], {
    DATABASE_URL: neon.connectionString(),
  })
  await neon.stop()
  return exitCode
})
