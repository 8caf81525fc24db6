import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { freshProject } from '../../../tests/support/fresh-project.ts'
import { type Registry, startRegistry } from '../../../tests/support/registry.ts'
import { startProject } from './project.ts'
import { APP, stepsOf, typeErrors } from './readme.ts'

setDefaultTimeout(180_000) // npm installs, on a busy machine
const { files, commands } = stepsOf('The same: Vitest')
const database = await startProject()
const vitest = join(import.meta.dir, '../../../tests/support/vitest') // Vitest is large, and nothing else needs it
let registry: Registry
let project: Awaited<ReturnType<typeof freshProject>>

beforeAll(async () => {
  const install = Bun.spawn(
    [process.execPath, 'install', '--frozen-lockfile', '--ignore-scripts', '--silent'],
    { cwd: vitest },
  )
  expect(await install.exited).toBe(0)
  registry = startRegistry([vitest])
  project = await freshProject(registry, {
    ...APP,
    'src/db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema.ts'

export const db = drizzle(process.env.DATABASE_URL ?? 'postgres://127.0.0.1:1/none', { schema })
`,
  })
})
afterAll(async () => {
  project.remove()
  await registry.stop()
  await database.remove()
})

test('a project on Node and Vitest follows the README, from the tarball to tests that pass', async () => {
  const prepared = await project.sh(
    'npm install drizzle-orm pg && npm install --save-dev vitest @types/pg @types/node',
  )
  expect([prepared.code, prepared.err]).toEqual([0, expect.any(String)])
  const [install = '', run = ''] = commands
  expect((await project.sh(install)).code).toBe(0)
  for (const [name, text] of Object.entries({ ...files, 'tests/more.test.ts': MORE }))
    await Bun.write(join(project.folder, name), text)
  const command = run.replace(
    /DATABASE_TEST_URL=\S+/,
    `NO_COLOR=1 DATABASE_TEST_URL='${database.env.TEST_URL}'`,
  )
  const { code, out, err } = await project.sh(command)
  expect(out + err).toContain('3 failed | 30 passed')
  for (const sentence of REPORTS) expect(out + err).toContain(sentence)
  expect(code).toBe(1)
  expect(await typeErrors(project.folder, ['node'])).toEqual([])
})

const REPORTS = [
  'The test "rules > an await is missing" ended while a query was still running: an await is missing.',
  'The test "rules > past the sandbox" left rows behind: users (1 row).',
  'The test "rules > a query hangs" ended while `select pg_sleep(60)` (it sleeps) was still running.',
]

const MORE = `import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { travel } from '@hearth/sandbox'
import { db } from '../src/db.ts'
import { users } from '../src/schema.ts'

const isClean = async () => expect(await db.$count(users)).toBe(0)

describe('rules', () => {
  test('an await is missing', () => {
    db.execute(sql\`select pg_sleep(0.05)\`).catch(() => {})
  })
  test('after it', isClean)
  test('past the sandbox', async () => {
    const client = new pg.Client(process.env.DATABASE_TEST_URL + '_' + process.env.VITEST_POOL_ID)
    await client.connect()
    await client.query("insert into users (name) values ('bob')")
    await client.end()
  })
  test('after it', isClean)
  test('a query hangs', { timeout: 300 }, async () => {
    await db.execute(sql\`select pg_sleep(60)\`)
  })
  test('after it', isClean)
})

describe('hooks', () => {
  beforeEach(async () => {
    await db.insert(users).values({ name: 'hook' })
  })
  afterAll(async () => {
    await db.delete(users)
  })
  test.each([1, 2])('share the transaction of their test, %d', async () => {
    expect(await db.$count(users)).toBe(1)
  })
  test.concurrent.each(Array.from({ length: 20 }, (_, i) => i))('of concurrent tests too, %d', async () => {
    await db.insert(users).values({ name: 'same' })
    expect(await db.$count(users)).toBe(2)
  })
})

test('defaults travel, whether now() or CURRENT_TIMESTAMP', async () => {
  await travel({ days: 2 })
  const [user] = await db.insert(users).values({ name: 'alice' }).returning()
  expect(Number(user?.createdAt) - Date.now()).toBeGreaterThan(86_400_000)
})

test.each([1, 2])('transactions nest, %d', async () => {
  await db.transaction((tx) => tx.transaction((nested) => nested.insert(users).values({ name: 'alice' })))
  expect(await db.$count(users)).toBe(1)
})
`
