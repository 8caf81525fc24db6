import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { ownServer, run } from './support/processes.ts'

// What this project adds to packages/dev-postgres, which has its own tests.
setDefaultTimeout(30_000) // processes start slowly on a busy machine
const server = ownServer()
const { cli } = server
afterAll(server.remove)

const query = async (url: string, text: string) => {
  await using sql = new Bun.SQL(url, { max: 1 })
  return [...(await sql.unsafe(text))]
}

test('the development and the test database are on one server', async () => {
  const answers = await Promise.all([cli('url'), cli('test-url'), cli('url')])
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
  const [development, tests, again] = answers.map(({ out }) => out)
  expect(again).toBe(String(development))
  expect(tests?.replace('backend_test_db', 'backend_db')).toBe(String(development))
  await query(String(development), 'create table kept as select 1 as n')
})

test('its messages name the make targets', async () => {
  await cli('stop')
  const { err } = await cli('url')
  expect(err).toMatch(/and keeps running\. To stop it: DATA_DIR='.*' make db-stop$/)
})

test('the folder that an earlier version of this project left is used', async () => {
  const { out } = await cli('url')
  await cli('stop')
  const folder = join(server.env.DATA_DIR, 'postgres')
  for (const file of ['password', 'port']) renameSync(join(folder, 'data', file), join(folder, file))
  expect((await cli('url')).out).toBe(out)
  expect(await query(out, 'select n from kept')).toEqual([{ n: 1 }])
})

test('a reset deletes the databases', async () => {
  expect((await cli('reset')).out).toBe('The embedded databases are deleted; `make run` makes new ones.')
  const { out } = await cli('url')
  expect(await query(out, "select to_regclass('kept') as found")).toEqual([{ found: null }])
})

test('a folder that can not be used is reported in one sentence', async () => {
  const { code, err } = await run('tools/postgres.ts', ['url'], { DATA_DIR: import.meta.path })
  expect([code, err.split('\n').length]).toEqual([1, 1])
  expect(err).toEndWith('Here: set DATA_DIR to a folder of yours.')
})

test('an unknown command lists those there are, with exit code 1', async () => {
  const { code, err } = await cli('strat')
  expect([code, err]).toEqual([1, 'Usage: bun tools/postgres.ts url | test-url | stop | reset'])
})
