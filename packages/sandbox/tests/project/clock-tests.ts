import { describe, expect, test } from 'bun:test'
import { freeze, travel } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { db } from './db.ts'
import { rowsOf } from './rows.ts'
import { users } from './schema.ts'

const DAY = 86_400_000
const seconds = async (expression: string) => {
  const query = sql.raw(`select extract(epoch from ${expression})::float as at`)
  return rowsOf<{ at: number }>(await db.execute(query))[0]?.at ?? 0
}

const CLOCKS = [
  'now()',
  'CURRENT_TIMESTAMP',
  'current_timestamp(3)',
  'localtimestamp::timestamptz',
  'LOCALTIMESTAMP(6)::timestamptz',
  'transaction_timestamp()',
  'statement_timestamp()',
  'clock_timestamp()',
]

describe.each(CLOCKS)('%s', (clock) => {
  test('goes on, agrees with now(), travels and freezes', async () => {
    const first = await seconds(clock)
    await Bun.sleep(5)
    const second = await seconds(clock)
    expect(second - first).toBeGreaterThan(0.003)
    expect(Math.abs(second - (await seconds('now()')))).toBeLessThan(2)
    await travel({ days: 29 })
    expect((await seconds(clock)) - second).toBeGreaterThan((29 * DAY) / 1000 - 1)
    await freeze()
    const frozen = await seconds(clock)
    await Bun.sleep(5)
    expect(await seconds(clock)).toBe(frozen)
  })
})

test('current_date travels', async () => {
  const today = await seconds('current_date')
  await travel({ days: 3 })
  expect((await seconds('CURRENT_DATE')) - today).toBe((3 * DAY) / 1000)
})

test('column defaults go on and travel, whether now() or CURRENT_TIMESTAMP', async () => {
  const [first] = await db.insert(users).values({ name: 'a' }).returning()
  await Bun.sleep(5)
  await travel({ days: 1 })
  const [second] = await db.insert(users).values({ name: 'b' }).returning()
  for (const column of ['createdAt', 'seenAt'] as const) {
    const ahead = Number(second?.[column]) - Number(first?.[column])
    expect(ahead).toBeGreaterThan(DAY)
    expect(ahead).toBeLessThan(DAY + 60_000)
  }
})

test('triggers of the blueprint travel', async () => {
  await travel({ days: 1 })
  await db.execute(sql`select set_config('app.user', 'alice', false)`)
  await db.execute(sql`insert into notes default values`)
  const [note] = rowsOf<{ agree: boolean }>(
    await db.execute(
      sql`select abs(extract(epoch from created_at::timestamp - touched_at)) < 1 as agree from notes`,
    ),
  )
  expect(note?.agree).toBe(true)
})

test('a label and a string that say current_date are left alone', async () => {
  const query = sql`select 'CURRENT_DATE' as current_date, 1 as "current_time"`
  expect(rowsOf(await db.execute(query))).toEqual([{ current_date: 'CURRENT_DATE', current_time: 1 }])
})

describe('SET LOCAL', () => {
  const asUser = (name: string) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('app.user', ${sql.raw(`'${name}'`)}, true)`)
      await tx.execute(sql`set local role sandbox_project_app`)
      await tx.execute(sql`insert into notes default values`)
      return rowsOf<{ owner: string }>(await tx.execute(sql`select owner from notes`)).map(
        ({ owner }) => owner,
      )
    })

  test('of a role works with row-level security and defaultNow(), and ends with its transaction', async () => {
    expect(await asUser('alice')).toEqual(['alice'])
    expect(await asUser('bob')).toEqual(['bob'])
    const [after] = rowsOf<{ role: boolean; name: string }>(
      await db.execute(
        sql`select current_user = session_user as role, current_setting('app.user', true) as name`,
      ),
    )
    expect(after).toEqual({ role: true, name: '' })
    expect(rowsOf(await db.execute(sql`select 1 from notes`)).length).toBe(2)
  })

  test('of the search path keeps the clock', async () => {
    await db.transaction((tx) => tx.execute(sql`set local search_path to shop`))
    await travel({ days: 1 })
    expect((await seconds('now()')) - Date.now() / 1000).toBeGreaterThan(80_000)
  })
})
