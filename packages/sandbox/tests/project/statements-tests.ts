import { onScratch, travel } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { db, server } from './db.ts'
import { misuse } from './misuse.ts'
import { users } from './schema.ts'

const insert = (name: string) => db.insert(users).values({ name })
const swallow = (query: PromiseLike<unknown>) => Promise.resolve(query).catch(() => {})

misuse('an await is missing', () => {
  swallow(db.execute(sql`select pg_sleep(0.02)`))
})
misuse('a query comes after the end', () => {
  setTimeout(() => swallow(insert('late')), 1)
})
for (const statement of [
  'commit',
  'ROLLBACK',
  'begin',
  'select 1; end',
  '/* so */ abort',
  'savepoint mine',
]) {
  misuse(`SQL: ${statement}`, async () => {
    await insert('bob')
    await swallow(db.execute(sql.raw(statement)))
  })
}
misuse('commit inside db.transaction', () => swallow(db.transaction((tx) => tx.execute(sql`commit`))))
misuse('db inside db.transaction', () => db.transaction(() => swallow(insert('bob'))))
misuse('commit in a DO block', () => db.execute(sql.raw('do $$ begin commit; end $$')))
misuse('db.$client', () => {
  const { $client } = db as unknown as { $client: { query: (text: string) => unknown } }
  return $client.query('select 1')
})
misuse('travel on a scratch database', () => onScratch(server, () => travel({ days: 1 })), 60_000)

// These leave nothing behind, and are not reported.
misuse('fine: PREPARE, SET, a lock and a table that stay', async () => {
  await db.execute(sql`prepare mine as select 1`)
  await db.execute(sql`set statement_timeout = '5s'`)
  await db.execute(sql`select pg_advisory_lock(1)`)
  await db.execute(sql`create table leftovers as select 1 as n`)
  await db.execute(sql`update countries set name = 'Elsewhere'`)
})
