import { sql } from 'drizzle-orm'
import { connectPast, db } from './db.ts'
import { misuse } from './misuse.ts'
import { users } from './schema.ts'

const forever = () => new Promise<never>(() => {})

misuse('a query hangs', () => db.execute(sql`select pg_sleep(60)`), 300)
misuse(
  'a query hangs in a transaction',
  () => db.transaction((tx) => tx.execute(sql`select pg_sleep(60)`)),
  300,
)
misuse(
  'a query waits for a lock',
  async () => {
    const other = connectPast()
    const held = Promise.withResolvers<void>()
    const holding = other.db.transaction(async (tx) => {
      await tx.execute('lock table users')
      held.resolve()
      await Bun.sleep(1_500)
    })
    await held.promise
    await db
      .insert(users)
      .values({ name: 'bob' })
      .finally(() => holding)
      .finally(other.close)
  },
  300,
)
misuse('a transaction never ends', () => db.transaction(forever), 300)

const app = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: async () => Response.json(await db.select().from(users)),
  error: () => new Response(null, { status: 500 }),
})
misuse("a transaction waits for the app's own server", () => db.transaction(() => fetch(app.url)), 8_000)
misuse(
  "a transaction waits for the app's own server, and the test is impatient",
  () => db.transaction(() => fetch(app.url)),
  300,
)

misuse('the connection is killed', async () => {
  const other = connectPast()
  const result: unknown = await db.execute(sql`select pg_backend_pid() as pid`)
  const [row] = (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as { pid: number }[]
  await other.db.execute(`select pg_terminate_backend(${row?.pid})`)
  await other.close()
  await db.select().from(users)
})
misuse('the connection is killed inside db.transaction', () =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)
  }),
)
