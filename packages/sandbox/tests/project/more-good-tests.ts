import { expect, test } from 'bun:test'
import { db } from './db.ts'
import { isClean } from './misuse.ts'
import { users } from './schema.ts'

test('in another file', async () => {
  await isClean()
  expect(await db.select().from(users)).toHaveLength(1)
})

test.skipIf(!process.env.FAIL)('fails and leaves rows in its transaction', async () => {
  await db.insert(users).values({ name: 'bob' })
  expect(1).toBe(2)
})
