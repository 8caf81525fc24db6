import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { encodeCursor } from '../src/http/pages.ts'
import { db } from './support/db.ts'
import { USER_KEYS } from './support/exchange.ts'
import { admin, signedIn, user } from './support/factories.ts'
import { call } from './support/http.ts'

const asAdmin = async () => (await signedIn(await admin())).token
const names = (body: { items: { username: string }[] }) => body.items.map(({ username }) => username)

/** How many rows of users this transaction has read so far. */
async function rowsRead(): Promise<number> {
  const reads = sql<number>`(seq_tup_read + coalesce(idx_tup_fetch, 0))::int`.as('reads')
  const [row] = await db.select({ reads }).from(sql`pg_stat_xact_user_tables`).where(sql`relname = 'users'`)
  return row?.reads ?? 0
}

describe('GET /users', () => {
  test('is for admins', async () => {
    expect((await call('GET /users')).status).toBe(401)
    expect((await call('GET /users', { token: (await signedIn()).token })).status).toBe(403)
  })

  test('shows users without passwords', async () => {
    const { status, keys, body, headers } = await call('GET /users', { token: await asAdmin() })
    expect([status, keys, Object.keys(body.items[0]).sort()]).toEqual([
      200,
      ['items', 'nextCursor'],
      USER_KEYS,
    ])
    expect([body.nextCursor, headers.get('Link')]).toEqual([null, null])
  })

  test.each(['id', '-id', 'username', '-username', 'createdAt', '-createdAt'])(
    'pages by %s hold every user once',
    async (sort) => {
      const token = await asAdmin()
      for (let i = 0; i < 6; i++) await user()
      const whole = await call(`GET /users?sort=${sort}`, { token })
      const seen: string[] = []
      let next = `/users?limit=3&sort=${sort}`
      for (let pages = 0; next && pages < 5; pages++) {
        const { body, headers } = await call(`GET ${next}` as 'GET /', { token })
        seen.push(...names(body))
        next = /^<(.*)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1] ?? ''
        expect(next === '').toBe(body.nextCursor === null)
      }
      expect(seen).toEqual(names(whole.body))
      expect(seen.length).toBe(7)
    },
  )

  test('a page starts where the last one ended, whoever came or went', async () => {
    const token = await asAdmin()
    for (const username of ['bea', 'cat', 'eve', 'fay']) await user({ username })
    const first = await call('GET /users?sort=username&limit=2', { token })
    expect(names(first.body)).toEqual(['bea', 'cat'])
    const cat = first.body.items[1]
    await call(`DELETE /users/${cat.id}`, { token })
    await user({ username: 'amy' })
    await user({ username: 'dan' })
    const second = await call(`GET /users?sort=username&limit=2&cursor=${first.body.nextCursor}`, { token })
    expect(names(second.body)).toEqual(['dan', 'eve'])
  })

  test.each(['id', '-id', 'username', '-createdAt'])(
    'a late page by %s reads as many rows as the first one',
    async (sort) => {
      const token = await asAdmin()
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
      const first = await call(`GET /users?sort=${sort}&limit=100`, { token })
      let page = first
      const reads: number[] = []
      while (page.body.nextCursor) {
        const before = await rowsRead()
        page = await call(`GET /users?sort=${sort}&limit=100&cursor=${page.body.nextCursor}`, { token })
        reads.push((await rowsRead()) - before)
      }
      expect([reads.length, (reads[0] ?? 0) >= 100]).toEqual([20, true])
      for (const read of reads) expect(read).toBeLessThan(110)
    },
  )

  test('q is a literal beginning', async () => {
    const token = await asAdmin()
    for (const username of ['ann_1', 'ann-2', 'annx3', 'bob']) await user({ username })
    const search = async (q: string) =>
      names((await call(`GET /users?sort=username&q=${encodeURIComponent(q)}`, { token })).body)
    expect(await search('ANN')).toEqual(['ann-2', 'ann_1', 'annx3'])
    expect(await search('ann_')).toEqual(['ann_1'])
    expect(await search('%')).toEqual([])
    expect(await search('\\')).toEqual([])
    expect(await search("' or true --")).toEqual([])
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1e1',
    'limit=',
    'limit=0x1',
    'limit=1&limit=2',
    'page=2',
    'sort=password_hash',
    'sort=id;drop',
    'cursor=nonsense',
    'cursor=',
    'q=%00',
    'q=a&q=b',
    '__proto__=1',
    'constructor=1',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await call(`GET /users?${query}`, { token: await asAdmin() })
    expect([status, body.errors.length > 0]).toEqual([422, true])
  })

  test.each([
    [['id', 1.5, 1]],
    [['id', 3e9, 1]],
    [['id', '1', 1]],
    [['username', 'a\u0000', 1]],
    [['createdAt', 'yesterday', 1]],
    [['createdAt', '2026-02-30T00:00:00.000Z', 1]],
    [['createdAt', '0000-01-01T00:00:00.000Z', 1]], // a year that Postgres does not know
    [['password_hash', 'a', 1]],
    [['-id', 1, 1]],
    [[]],
    [null],
    [{}],
  ])('refuses the made-up cursor %j', async (position) => {
    const sort =
      Array.isArray(position) && typeof position[0] === 'string' ? position[0].replace('-', '') : 'id'
    const { status, body } = await call(`GET /users?sort=${sort}&cursor=${encodeCursor(position as never)}`, {
      token: await asAdmin(),
    })
    expect([status, body.errors[0].pointer]).toEqual([422, '/cursor'])
  })
})
