import { afterAll, afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { TestServer } from '@hearth/sandbox'
import { SQL } from 'bun'
import { send } from '../../packages/sandbox/src/drizzle.ts'
import { connect } from '../../src/db/bun-sql.ts'
import { serverUrl } from '../support/server-url.ts'

setDefaultTimeout(30_000) // databases are created slowly on a busy disk
const url = new URL(await serverUrl())
const base = `sandbox_server_${crypto.randomUUID().slice(0, 8)}`
const role = `${base}_role`
const baseUrl = Object.assign(new URL(url), { pathname: `/${base}` }).href
const admin = new SQL(url.href, { max: 1 })
let made: string[] = []

/** A server whose databases have one table, called as the fingerprint. */
const serverOf = (fingerprint: string, at = baseUrl) =>
  new TestServer(
    at,
    { fingerprint, statements: async () => [`create table ${fingerprint} (id int)`] },
    (opened) => {
      made.push(opened)
      return connect(opened)
    },
  )

async function tablesOf(server: TestServer, worker?: string): Promise<unknown[]> {
  const { db, close } = await server.open(worker)
  const [rows = []] = await send(db, `select tablename as name from pg_tables where schemaname = 'public'`)
  await close()
  return rows.map(({ name }) => name)
}

beforeEach(async () => {
  made = []
  await admin`create database ${admin(base)}`
})
afterEach(async () => {
  for (const { datname } of await admin`select datname from pg_database where starts_with(datname, ${base})`)
    await admin`drop database ${admin(datname)} with (force)`
  await admin`drop role if exists ${admin(role)}`
})
afterAll(() => admin.close())

describe('the database of the tests', () => {
  test.each([undefined, '1'])(
    'of worker %p is made once, and again when the models change',
    async (worker) => {
      expect(await tablesOf(serverOf('first'), worker)).toEqual(['first'])
      made = []
      expect(await tablesOf(serverOf('first'), worker)).toEqual(['first'])
      expect(made.length).toBe(1) // it was only opened
      expect(await tablesOf(serverOf('second'), worker)).toEqual(['second'])
    },
  )

  test('is one for each worker, also when all begin at once', async () => {
    const workers = ['1', '2', '3']
    const found = await Promise.all(workers.map((worker) => tablesOf(serverOf('third'), worker)))
    expect(found).toEqual([['third'], ['third'], ['third']])
    const names = await admin`select datname from pg_database where starts_with(datname, ${base}) order by 1`
    const expected = ['', '_1', '_2', '_3', '_template'].map((suffix) => base + suffix)
    expect(names.map(({ datname }: { datname: string }) => datname)).toEqual(expected)
  })

  test('that nobody answers for is said in a sentence', async () => {
    const nowhere = serverOf('first', 'postgres://nobody:s3cret@127.0.0.1:1/none').open()
    const message = await nowhere.catch((error: Error) => `${error.name}: ${error.message}`)
    expect(message).toMatch(/^SandboxError: The test database does not answer \(\w+\): is its URL right\?$/)
  })
})

test.each([
  ['postgres://nobody:s3cret@127.0.0.1:1/none', 'The test database does not answer'],
  ['nonsense', 'DATABASE_TEST_URL must look like'],
])('tests that can not have their database, at %s, stop with a sentence', async (given, sentence) => {
  const child = Bun.spawn([process.execPath, 'test', 'tests/config.test.ts'], {
    cwd: join(import.meta.dir, '../..'),
    env: { ...process.env, DATABASE_TEST_URL: given },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text())
  expect(await child.exited).toBe(1)
  expect(output).toContain(sentence)
  for (const noise of ['    at ', 's3cret', '(fail)']) expect(output).not.toContain(noise)
})

test('a role that may not create databases can run tests in one process, but not in several', async () => {
  await admin.unsafe(`create role ${role} login password 'guest'`)
  await admin.unsafe(`create database ${base}_guest owner ${role}`)
  const guestUrl = Object.assign(new URL(baseUrl), {
    username: role,
    password: 'guest',
    pathname: `/${base}_guest`,
  }).href
  expect(await tablesOf(serverOf('fourth', guestUrl))).toEqual(['fourth'])
  const refused = serverOf('fourth', guestUrl).open('1')
  expect(await refused.catch((error: Error) => `${error.name}: ${error.message}`)).toStartWith(
    'SandboxError: The role of the test database may not create databases.',
  )
})

test('a scratch database that a killed run left is dropped by the next one', async () => {
  const orphan = `${base}_scratch_00000000`
  await admin`create database ${admin(orphan)}`
  const { db, close } = await serverOf('sixth').openScratch()
  const [rows = []] = await send(
    db,
    `select datname as name from pg_database where starts_with(datname, '${base}_scratch')`,
  )
  expect(rows.map(({ name }) => name)).toEqual([expect.not.stringContaining(orphan)])
  await close()
})
