import { afterAll, beforeAll, beforeEach, describe, test } from 'bun:test'
import { db } from './db.ts'
import { isClean } from './misuse.ts'
import { users } from './schema.ts'

const insert = (name: string) => db.insert(users).values({ name })

describe('beforeAll writes', () => {
  beforeAll(async () => {
    await insert('bob')
  })
  test('never runs', () => {})
})
test('after: beforeAll writes', isClean)

describe('clean-ups', () => {
  afterAll(async () => {
    await db.delete(users)
    await db.transaction((tx) => tx.delete(users))
    const { $client } = db as unknown as { $client: { end: () => Promise<void> } }
    await $client.end()
  })
  test('fine: of suites that were written without the sandbox', isClean)
})
test('after: clean-ups', isClean)

describe('beforeEach of concurrent tests writes', () => {
  beforeEach(async () => {
    await insert('bob')
  })
  test.concurrent.each([1, 2])('number %d', async () => {
    await Bun.sleep(50)
  })
})
test('after: beforeEach of concurrent tests writes', isClean)

describe('more tests at once than connections', () => {
  test.concurrent.each(Array.from({ length: 30 }, (_, i) => i))(
    'fine: number %d',
    async (i) => {
      await insert(`user ${i}`)
      await Bun.sleep(5)
      await insert('the same name')
    },
    30_000,
  ) // postgres.js takes seconds to replace a connection that a test before killed
})
test('after: more tests at once than connections', isClean)
