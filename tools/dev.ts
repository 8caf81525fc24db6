import { runTool } from './error.ts'
import { migrateDevelopment } from './migrate/development.ts'

// What `make run` does: the database, its migrations, then the app as it starts everywhere else.
await runTool(async () => {
  process.env.MAIL_URL ||= 'log' // mails are printed, with their links
  process.env.DATABASE_URL = await migrateDevelopment()
  await import('../src/entry/bun.ts')
  return 0
})
