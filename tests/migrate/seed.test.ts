import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Query } from '../../packages/migrate/src/catalog.ts'
import { readContents } from '../../packages/migrate/src/proof/contents.ts'
import { seed } from '../../packages/migrate/src/proof/seed.ts'
import { emptyDatabase } from '../../packages/migrate/src/scratch.ts'
import { PATIENT_MS } from '../support/migrations.ts'
import { openScratch } from './scratch-session.ts'

setDefaultTimeout(PATIENT_MS)
const scratch = await openScratch()
afterAll(scratch.close)

test('rows for many tables take a query each, however many foreign keys there are', async () => {
  const { query } = scratch.session
  const tables = Array.from({ length: 40 }, (_, n) => n)
  const keys = (n: number) => tables.slice(0, n).map((k) => `r${k} integer references t${k}`)
  await query(tables.map((n) => `create table t${n} (${['id integer primary key', ...keys(n)]});`).join('\n'))
  let asked = 0
  const counting: Query = (sql) => {
    asked += 1
    return query(sql)
  }
  expect(await seed(counting, { rows: 3 })).toEqual([])
  expect(asked).toBeLessThan(tables.length + 10)
  asked = 0
  expect((await readContents(counting)).size).toBe(40 + (40 * 39) / 2)
  expect(asked).toBe(2)
  await emptyDatabase(query)
})

test('what refers to a deleted row goes as well, along a chain', async () => {
  const { query } = scratch.session
  await query(`create table a (id integer primary key check (id > 100), next integer);
    create table b (id integer primary key, a integer not null references a);
    create table c (id integer primary key, b integer not null references b)`)
  expect(await seed(query, { rows: 3 })).toEqual(['public.b', 'public.c'])
  await emptyDatabase(query)
})
