import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { at, base, on, outcome, PRECIOUS, preciousRow, role, serverAt, useDatabase } from './refusals.ts'

useDatabase()

describe('a URL', () => {
  test.each([undefined, '', 'nonsense', 'mysql://localhost/shop'])('such as %p is refused', async (given) => {
    const message = await outcome(async () => serverAt(given).open())
    expect(message).toMatch(
      /^SandboxError: The URL of the test database is (missing|not valid): set the variable/,
    )
  })

  test.each([
    ['the same text', (name: string) => at(name)],
    ['another host name', (name: string) => at(name, { hostname: 'localhost' })],
    ['another user', (name: string) => at(name, { username: role, password: 'guest' })],
    ['parameters', (name: string) => `${at(name)}?application_name=shop`],
    ['escapes', (name: string) => at(name.replace('s', '%73'))],
  ])(
    "that names the app's database by %s is refused, also after the tests have used it",
    async (_, spell) => {
      const refused = `SandboxError: The tests' database "${base}" is the database of the app (DATABASE_URL), and nothing was changed`
      expect(await outcome(() => serverAt(at(base), spell(base)).open())).toStartWith(refused)
      expect(await outcome(() => serverAt(at(base)).open())).toBe('opened')
      expect(await outcome(() => serverAt(at(base), spell(base)).open())).toStartWith(refused)
      expect(await outcome(() => serverAt(at(base), spell(base)).open('1'))).toStartWith(refused)
    },
  )

  test('of a database that has the name of the app’s, on another server, is accepted', async () => {
    expect(await outcome(() => serverAt(at(base), `postgres://127.0.0.1:1/${base}`).open())).toBe('opened')
  })
})

test.each([
  ['a restored backup', base, 'has a migrations table (drizzle.__drizzle_migrations)'],
  ['the app’s database', base, 'DATABASE_TEST_URL names the same database as DATABASE_URL'],
])('`bun test` on %s changes nothing and exits with 1', async (case_, name, sentence) => {
  await on(name, `${PRECIOUS}; create schema drizzle; create table drizzle.__drizzle_migrations ()`)
  const child = Bun.spawn([process.execPath, 'test', './tests/users.test.ts'], {
    cwd: join(import.meta.dir, '../..'),
    env: {
      ...process.env,
      TEST_DRIVER: 'bun-sql',
      DATABASE_TEST_URL: at(name),
      DATABASE_URL: case_ === 'a restored backup' ? undefined : at(name, { hostname: 'localhost' }),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
  )
  expect(await child.exited).toBe(1)
  expect(`${out}${err}`).toContain(sentence)
  expect(await preciousRow(name)).toBe(7)
})
