import { sql } from 'drizzle-orm'
import { createStatements } from '../../tools/migrate/kit.ts'
import { loadModels } from '../../tools/migrate/models.ts'
import { connection } from './db.ts'
import { sandboxEveryTest } from './sandbox/bun-test.ts'
import { CREATE_CLOCK, USE_CLOCK } from './sandbox/clock.ts'

await connection.db.execute(sql`drop schema public cascade`)
await connection.db.execute(sql`create schema public`)
const statements = [CREATE_CLOCK, USE_CLOCK, ...(await createStatements(await loadModels()))]
await connection.db.transaction(async (tx) => {
  for (const statement of statements) await tx.execute(sql.raw(statement))
})
sandboxEveryTest(connection.db, connection.close)
