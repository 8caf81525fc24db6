import { describe, expect, test } from 'bun:test'
import { freeze, travel } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { users } from '../../src/identity/table.ts'
import { committed, db } from '../support/db.ts'
import { user } from '../support/factories.ts'

// Drivers differ in what `execute` gives.
const rows = (result: unknown) =>
  (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as Record<string, unknown>[]

const databaseName = async () => rows(await db.execute(sql`select current_database() as name`))[0]?.name
const exists = async (name: unknown) =>
  rows(await db.execute(sql`select 1 from pg_database where datname = ${name}`)).length > 0

describe('committed', () => {
  test('has a database of its own, where statements run at once', async () => {
    await user()
    const name = await committed(async () => {
      expect(await db.$count(users)).toBe(0)
      await user()
      expect(await db.$count(users)).toBe(1)
      const pids = await Promise.all(
        [1, 2, 3].map(() => db.execute(sql`select pg_backend_pid() as pid, pg_sleep(0.05)`)),
      )
      expect(new Set(pids.map((result) => rows(result)[0]?.pid)).size).toBeGreaterThan(1)
      return databaseName()
    })
    expect(await db.$count(users)).toBe(1)
    expect(await exists(name)).toBe(false)
  })

  test('drops it also when the test fails in it', async () => {
    let name: unknown
    const failing = committed(async () => {
      await user()
      name = await databaseName()
      throw new Error('no')
    })
    expect(await failing.catch((error: Error) => error.message)).toBe('no')
    expect([name, await exists(name)]).toEqual([expect.stringContaining('_scratch_'), false])
  })

  test('can not travel', async () => {
    const attempt = committed(() => travel({ days: 1 }))
    expect(await attempt.catch((error: Error) => error.message)).toContain('`travel` does not work')
  })
})

describe('travel', () => {
  const now = async () => Date.parse(String(rows(await db.execute(sql`select now()::text as now`))[0]?.now))

  test('moves now() and what defaults to it, and adds up', async () => {
    const start = await now()
    await travel({ days: 29, hours: 1 })
    await travel({ minutes: 30 })
    const { createdAt } = await user()
    const day = 86_400_000
    for (const moment of [await now(), createdAt.getTime()]) {
      expect(Math.round(((moment - start) / day) * 1000)).toBe(Math.round((29 + 1.5 / 24) * 1000))
    }
    await travel({ days: -29, hours: -1, minutes: -30 })
    expect(Math.abs((await now()) - start)).toBeLessThan(day)
  })

  test('freeze stops now(), which then moves by travel alone', async () => {
    await freeze()
    const start = await now()
    expect(await now()).toBe(start)
    await travel({ seconds: 5 })
    expect(await now()).toBe(start + 5000)
  })

  test('ends with the test', async () => {
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(3_600_000)
  })
})
