import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { db } from './support/db.ts'
import { admin, signedIn } from './support/factories.ts'
import { call } from './support/http.ts'

/** How many rows of users this transaction has read so far. */
async function rowsRead(): Promise<number> {
  const reads = sql<number>`(seq_tup_read + coalesce(idx_tup_fetch, 0))::int`.as('reads')
  const [row] = await db.select({ reads }).from(sql`pg_stat_xact_user_tables`).where(sql`relname = 'users'`)
  return row?.reads ?? 0
}

test.each([
  'sort=id',
  'sort=-id',
  'sort=username',
  'sort=-createdAt',
  'q=user',
  'role=user',
  'suspended=false',
])('a late page of users by %s reads as many rows as the first one', async (query) => {
  const { token } = await signedIn(await admin())
  await db.execute(sql`
      insert into users (username, password_hash, created_at)
      select 'user' || n, 'x', now() - make_interval(mins => n) from generate_series(1, 2000) as n`)
  // Few as they are, Postgres would rather read them all, and may have a plan for that: this is about what an index allows.
  for (const setting of [
    'enable_seqscan = off',
    'enable_bitmapscan = off',
    'plan_cache_mode = force_custom_plan',
  ])
    await db.execute(sql.raw(`set ${setting}`))
  const first = await call(`GET /users?${query}&limit=100`, { token })
  let page = first
  const reads: number[] = []
  while (page.body.nextCursor) {
    const before = await rowsRead()
    page = await call(`GET /users?${query}&limit=100&cursor=${page.body.nextCursor}`, { token })
    reads.push((await rowsRead()) - before)
  }
  expect([reads.length >= 19, (reads[0] ?? 0) >= 100]).toEqual([true, true])
  for (const read of reads) expect(read).toBeLessThan(110)
})
