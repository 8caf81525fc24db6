import { beforeEach } from 'bun:test'
import { sql } from 'drizzle-orm'
import { createStatements } from '../../tools/migrate/kit.ts'
import { loadModels } from '../../tools/migrate/models.ts'
import { db } from './db.ts'

await db.execute(sql`drop schema public cascade`)
await db.execute(sql`create schema public`)
for (const s of await createStatements(await loadModels())) await db.execute(sql.raw(s))
beforeEach(async () => {
  await db.execute(sql`truncate users, sign_in_throttles cascade`)
})
