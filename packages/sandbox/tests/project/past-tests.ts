import { eq } from 'drizzle-orm'
import { connectPast, db, runPast } from './db.ts'
import { misuse } from './misuse.ts'
import { countries, users } from './schema.ts'

// An app that was not wired: it keeps a pool, by the tests' URL or by its own.
const pool = connectPast()
const elsewhere = connectPast(process.env.APP_URL)

misuse('the app writes by its own pool', () => pool.db.insert(users).values({ name: 'bob' }))
misuse('the app reads by its own pool', () => pool.db.select().from(users))
misuse('the app reads and writes by its own pool, and the test uses the sandbox', async () => {
  await db.insert(users).values({ name: 'carol' })
  await pool.db.insert(users).values({ name: 'bob' })
})
misuse('the app reads another database of the server', () => elsewhere.db.execute('select 1 as n'))
misuse('a connection comes, writes and goes', () => runPast("insert into users (name) values ('bob')"))
misuse('a table is created past the sandbox', () => runPast('create table leftovers as select 1 as n'))
misuse('rows of the blueprint are changed past the sandbox', () =>
  pool.db.update(countries).set({ name: 'Elsewhere' }).where(eq(countries.code, 'fr')),
)
misuse('rows of the blueprint are deleted past the sandbox', () => runPast('delete from countries'))
misuse('rows in another schema are left', () => runPast('insert into shop.orders values (1, null)'))
