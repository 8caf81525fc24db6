import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'
import { sqlError } from '../../src/db/sql-error.ts'
import { users } from '../../src/identity/table.ts'
import { db, hasTransactions } from '../support/db.ts'

const http = db as unknown as NeonHttpDatabase
const insert = (username: string) => http.insert(users).values({ username, passwordHash: 'x' })

// What only Neon's driver over HTTP has: run by TEST_DRIVER=neon-http.
describe.skipIf(hasTransactions)('db.batch', () => {
  test('keeps all of its statements', async () => {
    const [, [counted]] = await http.batch([
      insert('alice'),
      http.select({ count: sql<number>`count(*)::int` }).from(users),
    ])
    expect(counted?.count).toBe(1)
    expect(await db.$count(users)).toBe(1)
  })

  test('or none of them', async () => {
    const failing = http.batch([insert('alice'), insert('bob'), insert('alice')])
    expect(await failing.catch((error) => sqlError(error)?.state)).toBe('23505')
    expect(await db.$count(users)).toBe(0)
    await insert('alice')
  })
})
