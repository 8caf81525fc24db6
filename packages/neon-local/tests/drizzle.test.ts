import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { neon, Pool } from '@neondatabase/serverless'
import { eq, sql } from 'drizzle-orm'
import { drizzle as overHttp } from 'drizzle-orm/neon-http'
import { drizzle as overWebSocket } from 'drizzle-orm/neon-serverless'
import { integer, jsonb, numeric, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'
import { startEndpoint } from '../../../tests/support/neon-local.ts'

const notes = pgTable('notes', {
  id: serial().primaryKey(),
  title: text().notNull().unique(),
  tags: text().array().notNull().default(sql`'{}'`),
  extra: jsonb().$type<{ stars: number }>(),
  price: numeric(),
  amount: integer(),
  madeAt: timestamp({ withTimezone: true }).notNull().default(sql`'2024-02-29 12:00Z'`),
})

const endpoint = await startEndpoint()
const pool = new Pool({ connectionString: endpoint.connectionString() })
afterAll(async () => {
  await pool.end()
  await endpoint.close()
})
await endpoint.direct`create table notes (
  id serial primary key, title text not null unique, tags text[] not null default '{}', extra jsonb, price numeric,
  amount int, "madeAt" timestamptz not null default '2024-02-29 12:00Z')`
beforeEach(async () => {
  await endpoint.direct`truncate notes restart identity`
})

describe('drizzle-orm/neon-http', () => {
  const db = overHttp({ client: neon(endpoint.connectionString()) })

  test('writes and reads every kind of column', async () => {
    const input = { title: 'first', tags: ['a', 'b "c"'], extra: { stars: 5 }, price: '1.50', amount: -3 }
    const [made] = await db.insert(notes).values(input).returning()
    expect(made).toEqual({ id: 1, ...input, madeAt: new Date('2024-02-29T12:00Z') })
    expect(await db.select({ title: notes.title }).from(notes).where(eq(notes.amount, -3))).toEqual([
      { title: 'first' },
    ])
  })

  test('runs a batch as one transaction', async () => {
    await db.insert(notes).values({ title: 'first' })
    const [inserted, found] = await db.batch([
      db.insert(notes).values({ title: 'second' }).returning({ title: notes.title }),
      db.select({ title: notes.title }).from(notes).orderBy(notes.id),
    ])
    expect(inserted).toEqual([{ title: 'second' }])
    expect(found).toEqual([{ title: 'first' }, { title: 'second' }])
    const failing = db.batch([
      db.insert(notes).values({ title: 'third' }),
      db.insert(notes).values({ title: 'first' }),
    ])
    expect(
      await failing.then(
        () => null,
        (error) => error.code,
      ),
    ).toBe('23505')
    expect(await db.$count(notes)).toBe(2)
  })

  test('reports what Postgres says', async () => {
    await db.insert(notes).values({ title: 'first' })
    const error = await db
      .insert(notes)
      .values({ title: 'first' })
      .then(
        () => null,
        (thrown) => thrown.cause,
      )
    expect(error).toMatchObject({ code: '23505', constraint: 'notes_title_key' })
  })
})

describe('drizzle-orm/neon-serverless', () => {
  const db = overWebSocket({ client: pool })

  test('transactions nest', async () => {
    await db.transaction(async (outer) => {
      await outer.insert(notes).values({ title: 'outer' })
      const inner = outer.transaction(async (tx) => {
        await tx.insert(notes).values({ title: 'inner' })
        tx.rollback()
      })
      await inner.catch(() => {})
    })
    const titles = await db.select({ title: notes.title }).from(notes)
    expect(titles).toEqual([{ title: 'outer' }])
  })

  test('prepared statements stay prepared', async () => {
    await db.insert(notes).values({ title: 'outer' })
    const byTitle = db
      .select()
      .from(notes)
      .where(eq(notes.title, sql.placeholder('title')))
      .prepare('by_title')
    expect(await byTitle.execute({ title: 'outer' })).toHaveLength(1)
    expect(await byTitle.execute({ title: 'none' })).toEqual([])
  })
})
