import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { ownServer, run } from './support/processes.ts'

setDefaultTimeout(30_000) // processes start slowly on a busy machine
const server = ownServer()
let url: string
let sql: Bun.SQL
beforeAll(async () => {
  await run('tools/migrate/cli.ts', ['up'], server.env)
  url = (await server.cli('url')).out
  sql = new Bun.SQL(url, { max: 1 })
})
afterAll(async () => {
  await sql.close()
  await server.remove()
})

const admin = (USERNAME: string | undefined, PASSWORD?: string, settings: object = {}) =>
  run('tools/admin.ts', [], { ...server.env, USERNAME, PASSWORD, ...settings })
const stored = async (username: string) => {
  const [row] =
    await sql`select role, suspended, password_hash as hash from users where username = ${username}`
  return row
}

test('makes an admin, once, whose password is stored as a hash only', async () => {
  expect((await admin('Alice', '$5 "horse" \\')).out).toBe('Created alice as an admin.')
  const { hash, ...user } = await stored('alice')
  expect([user, hash.split('$')[1]]).toEqual([{ role: 'admin', suspended: false }, 'scrypt'])
  expect((await admin('alice')).out).toBe('alice is already an admin.')
})

test('migrates the embedded database, but none that DATABASE_URL names', async () => {
  await sql`create database behind`
  const DATABASE_URL = Object.assign(new URL(url), { pathname: '/behind' }).href
  const settings = { DATABASE_URL }
  const { code, out, err } = await admin('frank', 'secret horse', settings)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(
    /^behind on 127\.0\.0\.1:\d+ lacks 0000_\w+(, \d{4}_\w+)+: run make migrate-up first\. Nothing was changed\.$/,
  )
  const behind = new Bun.SQL(DATABASE_URL, { max: 1 })
  expect([...(await behind`select 1 from pg_namespace where nspname = 'drizzle'`)]).toEqual([])
  await behind.close()
  await run('tools/migrate/cli.ts', ['up'], settings)
  expect((await admin('frank', 'secret horse', settings)).out).toBe('Created frank as an admin.')
  await run('tools/migrate/cli.ts', ['down', '--to', 'none', '--yes'], server.env)
  const fresh = await admin('alice', 'secret horse')
  expect([fresh.out, fresh.err]).toEqual([
    'Created alice as an admin.',
    expect.stringMatching(/^Applied 0000_/),
  ])
})

test.each(['user', 'admin'])('refuses a password for a user that exists as %s', async (role) => {
  await admin('dora', 'secret horse')
  await sql`update users set role = ${role} where username = 'dora'`
  const before = await stored('dora')
  const err =
    'dora exists already, and make admin changes no password: leave PASSWORD out, or run make password USERNAME=dora.'
  expect(await admin('dora', 'another horse')).toEqual({ code: 2, out: '', err })
  expect(await stored('dora')).toEqual(before)
  await sql`delete from users where username = 'dora'`
})

test('brings back an admin who was demoted or suspended', async () => {
  await admin('erin', 'secret horse')
  await sql`update users set role = 'user' where username = 'erin'`
  expect((await admin('erin')).out).toBe('erin is now an admin.')
  await sql`update users set suspended = true where username = 'erin'`
  expect((await admin('erin')).out).toBe('erin is now an admin, and no longer suspended.')
  expect(await stored('erin')).toMatchObject({ role: 'admin', suspended: false })
})

test.each([
  [undefined, undefined, {}, 'Say who: make admin USERNAME=alice.'],
  ['al', 'secret', {}, 'The user name must have at least 3 characters.'],
  ['root', 'secret', {}, 'The user name is reserved.'],
  ['bob', '', {}, 'There is no user bob yet; give PASSWORD=… to create one.'],
  ['bob', 'short', {}, 'The password must have at least 6 characters.'],
  ['bob', 'secret', { PASSWORD_MIN_LENGTH: '7' }, 'The password must have at least 7 characters.'],
  ['bobbob', 'BobBob', {}, 'The password must not be the user name.'],
])('refuses USERNAME=%p PASSWORD=%p %p in one sentence', async (username, password, settings, sentence) => {
  expect(await admin(username, password, settings)).toEqual({ code: 1, out: '', err: sentence })
  expect(await stored(String(username))).toBeUndefined()
})

test('shows no hash when the database refuses the user', async () => {
  await sql`alter table users add constraint nobody_new check (username <> 'carol')`
  const err = 'The database refuses this: SQLSTATE 23514 (nobody_new).'
  expect(await admin('carol', 'secret horse')).toEqual({ code: 1, out: '', err })
})

test.each(['\x03', '\x04'])('ends when the question for a password is answered by %j', async (key) => {
  let shown = ''
  const child = Bun.spawn([process.execPath, 'tools/admin.ts'], {
    env: { ...process.env, ...server.env, DATABASE_URL: undefined, USERNAME: 'dave', PASSWORD: undefined },
    terminal: {
      data(terminal, bytes) {
        const asked = shown.includes('Password for dave: ')
        shown += new TextDecoder().decode(bytes)
        if (!asked && shown.includes('Password for dave: ')) terminal.write(key)
      },
    },
  })
  expect(await child.exited).toBe(1)
  expect(Bun.stripANSI(shown)).toMatch(/^Password for dave: \s+Cancelled; nothing was done\.\s*$/)
})
