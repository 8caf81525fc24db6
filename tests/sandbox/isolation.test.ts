import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { sqlError } from '../../src/db/sql-error.ts'
import { users } from '../../src/identity/table.ts'
import { db } from '../support/db.ts'
import { user } from '../support/factories.ts'

const names = async () =>
  (await db.select({ name: users.username }).from(users).orderBy(users.id)).map(({ name }) => name)
const insert = (username: string) => db.insert(users).values({ username, passwordHash: 'x' })
const stateOf = (query: PromiseLike<unknown>) =>
  Promise.resolve(query).then(
    () => 'fine',
    (error) => sqlError(error)?.state,
  )
const UNIQUE_VIOLATION = '23505'

describe('a test', () => {
  test.each([1, 2])('finds nothing of another, run %d', async () => {
    expect(await names()).toEqual([])
    await insert('alice')
    expect(await names()).toEqual(['alice'])
  })

  test('goes on after an error that it caught', async () => {
    expect(await stateOf(db.execute(sql`select * from nowhere`))).toBe('42P01')
    await insert('alice')
    expect(await stateOf(insert('alice'))).toBe(UNIQUE_VIOLATION)
    expect(await stateOf(insert('alice'))).toBe(UNIQUE_VIOLATION)
    await insert('bob')
    expect(await names()).toEqual(['alice', 'bob'])
  })

  test('runs statements that were sent at once in their order', async () => {
    const sent = ['a', 'b', 'a', 'c'].map((name) => stateOf(insert(name)))
    expect(await Promise.all(sent)).toEqual(['fine', 'fine', UNIQUE_VIOLATION, 'fine'])
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  const byName = db
    .select()
    .from(users)
    .where(eq(users.username, sql.placeholder('name')))
    .prepare('by_name')

  test.each([1, 2])('can use a statement prepared before, run %d', async () => {
    expect(await byName.execute({ name: 'alice' })).toEqual([])
    await insert('alice')
    expect(await byName.execute({ name: 'alice' })).toMatchObject([{ username: 'alice' }])
  })

  test('counts and joins as without a sandbox', async () => {
    await insert('alice')
    expect(await db.$count(users)).toBe(1)
    const nobody = alias(users, 'nobody')
    const found = await db.select().from(users).leftJoin(nobody, sql`false`)
    expect(found).toMatchObject([{ users: { username: 'alice' }, nobody: null }])
  })
})

describe('hooks', () => {
  beforeEach(async () => {
    await insert('hook')
  })
  afterEach(async () => {
    expect(await names()).toEqual(['hook', 'alice'])
  })

  test.each([1, 2])('share the transaction of their test, run %d', async () => {
    await insert('alice')
  })
})

describe.concurrent('concurrent tests', () => {
  test.each([1, 2, 3, 4])('have a transaction each, number %d', async (i) => {
    await insert(`user-${i}`)
    await Bun.sleep(5)
    await insert('same-name')
    expect(await names()).toEqual([`user-${i}`, 'same-name'])
  })
})

describe('what a session keeps', () => {
  test.each([1, 2])('does not leak into the next test, run %d', async () => {
    const [{ locks, timeout }] = rows(
      await db.execute(sql`
        select (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
          current_setting('statement_timeout') as timeout`),
    )
    expect([locks, timeout]).toEqual([0, '0'])
    await db.execute(sql`select pg_advisory_lock(1)`)
    await db.execute(sql`set statement_timeout = '5s'`)
    await db.execute(sql`create temporary table leftovers ()`)
    await user()
  })
})

// Drivers differ in what `execute` gives.
function rows(result: unknown) {
  return (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as [Record<string, unknown>]
}
