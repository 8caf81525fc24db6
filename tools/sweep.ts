import { sweep } from '../src/access/sweep.ts'
import { connect } from '../src/db/bun-sql.ts'
import { runTool } from './error.ts'
import { migratedDatabase } from './migrate/development.ts'

// What `make sweep` does: what a server does every hour and a Worker by its cron trigger, for whoever runs neither.
await runTool(async () => {
  const { db, close } = connect(await migratedDatabase())
  try {
    const rows = Object.entries(await sweep(db)).map(([table, count]) => `${count} of ${table}`)
    console.log(`Deleted expired rows: ${rows.join(', ')}.`)
    return 0
  } finally {
    await close()
  }
})
