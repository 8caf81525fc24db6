import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { sqlError } from '../../src/db/sql-error.ts'
import { users } from '../../src/identity/table.ts'
import { db, hasTransactions } from '../support/db.ts'

const insert = (at: typeof db, username: string) => at.insert(users).values({ username, passwordHash: 'x' })
const names = async () => (await db.select().from(users).orderBy(users.id)).map(({ username }) => username)
const stateOf = (query: PromiseLike<unknown>) =>
  Promise.resolve(query).then(
    () => 'fine',
    (error) => sqlError(error)?.state ?? error.message,
  )
const FOREIGN_KEY_VIOLATION = '23503'

describe.skipIf(!hasTransactions)('db.transaction', () => {
  test('keeps what it did, or takes it back', async () => {
    await db.transaction((tx) => insert(tx, 'kept'))
    const failing = db.transaction(async (tx) => {
      await insert(tx, 'lost')
      throw new Error('no')
    })
    expect(await stateOf(failing)).toBe('no')
    const given = db.transaction(async (tx) => {
      await insert(tx, 'lost')
      tx.rollback()
    })
    expect(await stateOf(given)).toBe('Rollback')
    expect(await names()).toEqual(['kept'])
  })

  test('nests', async () => {
    await db.transaction(async (tx) => {
      await insert(tx, 'outer')
      const inner = tx.transaction(async (nested) => {
        await insert(nested, 'inner')
        throw new Error('no')
      })
      expect(await stateOf(inner)).toBe('no')
      await tx.transaction((nested) => insert(nested, 'second'))
    })
    expect(await names()).toEqual(['outer', 'second'])
  })

  test('of several at once, one runs after the other', async () => {
    const pair = (a: string, b: string, fails: boolean) =>
      db.transaction(async (tx) => {
        await insert(tx, a)
        await Bun.sleep(2)
        await insert(tx, b)
        if (fails) throw new Error('no')
      })
    await Promise.allSettled([pair('a', 'b', false), pair('c', 'd', true), pair('f', 'g', false)])
    expect(await names()).toEqual(['a', 'b', 'f', 'g'])
  })

  test('can be read-only', async () => {
    const writing = db.transaction((tx) => insert(tx, 'alice'), { accessMode: 'read only' })
    expect(await stateOf(writing)).toBe('25006')
    expect(await stateOf(insert(db, 'alice'))).toBe('fine')
  })

  test('raises at its end what a commit would', async () => {
    await makeFamily()
    const orphan = db.transaction(async (tx) => {
      await tx.execute(sql`insert into children values (1)`)
      await tx.execute(sql`select 1`)
    })
    expect(await stateOf(orphan)).toBe(FOREIGN_KEY_VIOLATION)
    const adopted = db.transaction(async (tx) => {
      await tx.execute(sql`insert into children values (1)`)
      await tx.execute(sql`insert into parents values (1)`)
    })
    expect(await stateOf(adopted)).toBe('fine')
  })

  test('sees time stand still, though not from one statement to the next outside', async () => {
    const now = async (at: typeof db) => rows(await at.execute(sql`select now()::text as now`))[0].now
    const [first, second] = [await now(db), await now(db)]
    expect(first < second).toBe(true)
    await db.transaction(async (tx) => {
      const begin = await now(tx)
      expect(await now(tx)).toBe(begin)
      expect(second < begin).toBe(true)
    })
    expect(second < (await now(db))).toBe(true)
  })
})

test('a statement raises what a commit would, since it is committed at once outside of a test', async () => {
  await makeFamily()
  expect(await stateOf(db.execute(sql`insert into children values (1)`))).toBe(FOREIGN_KEY_VIOLATION)
  await db.execute(sql`insert into parents values (1)`)
  expect(await stateOf(db.execute(sql`insert into children values (1)`))).toBe('fine')
})

async function makeFamily() {
  await db.execute(sql`create temporary table parents (id int primary key)`)
  await db.execute(
    sql`create temporary table children (id int references parents deferrable initially deferred)`,
  )
}

// Drivers differ in what `execute` gives.
function rows(result: unknown) {
  return (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as [{ now: string }]
}
