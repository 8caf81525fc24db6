import { describe, expect, test } from 'bun:test'
import { db } from './db.ts'
import { isClean } from './misuse.ts'
import { users } from './schema.ts'

describe.each(['a', 'b', 'c'])('group %s', (group) => {
  test.each([1, 2, 3])('test %d', async (n) => {
    await isClean()
    await db.insert(users).values({ name: `${group}${n}` })
    expect(await db.$count(users)).toBe(2)
  })
})
