import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { sessions } from '../src/access/table.ts'
import { users } from '../src/identity/table.ts'
import { setPassword } from '../src/users/operator.ts'
import { db } from './support/db.ts'
import { PASSWORD, signedIn } from './support/factories.ts'
import { call, config } from './support/http.ts'
import { ownServer, run } from './support/processes.ts'

const NEW = 'a better battery'

describe('setting a password', () => {
  const signIn = async (username: string, password: string) =>
    (await call('POST /sessions', { body: { username, password } })).status

  test('ends all sessions of the user alone, and lets the new password in', async () => {
    const [{ user, token }, other] = [await signedIn(), await signedIn()]
    await signedIn(user)
    await setPassword(db, user, NEW, config)
    expect((await call('GET /me', { token })).status).toBe(401)
    expect((await call('GET /me', { token: other.token })).status).toBe(200)
    expect(await signIn(user.username, PASSWORD)).toBe(401)
    expect(await signIn(user.username, NEW)).toBe(201)
    expect(await db.$count(sessions, eq(sessions.userId, user.id))).toBe(1)
  })

  test('raises the version, so that a session of the old one is void', async () => {
    const { user } = await signedIn()
    await setPassword(db, user, NEW, config)
    const [row] = await db.select({ version: users.sessionEpoch }).from(users).where(eq(users.id, user.id))
    expect(row).toEqual({ version: 2 })
  })

  test('keeps the rules, and refuses a user that is gone', async () => {
    const { user } = await signedIn()
    const refused = async (who: typeof user, password: string) =>
      setPassword(db, who, password, config).catch(({ code }) => code)
    expect(await refused(user, user.username)).toBe('invalid')
    expect(await refused({ ...user, id: 2_000_000_000 }, NEW)).toBe('not_found')
  })
})

describe('make password', () => {
  setDefaultTimeout(30_000) // processes start slowly on a busy machine
  const server = ownServer()
  beforeAll(async () => {
    await run('tools/admin.ts', [], { ...server.env, USERNAME: 'dora', PASSWORD })
  })
  afterAll(server.remove)

  const password = (USERNAME: string | undefined, given: string | undefined, settings: object = {}) =>
    run('tools/password.ts', [], { ...server.env, USERNAME, PASSWORD: given, ...settings })

  test('sets it and says so', async () => {
    const out = 'Changed the password of dora; all of its sessions have ended.'
    expect(await password('Dora', NEW)).toEqual({ code: 0, out, err: '' })
  })

  test.each([
    [undefined, NEW, {}, 1, 'Say whose: make password USERNAME=alice.'],
    ['nobody', NEW, {}, 1, 'There is no user nobody.'],
    ['dora', undefined, {}, 1, 'Give the new password as PASSWORD=….'],
    ['dora', 'short', {}, 1, 'The password must have at least 6 characters.'],
    ['dora', 'secret', { PASSWORD_MIN_LENGTH: '7' }, 1, 'The password must have at least 7 characters.'],
  ])('refuses USERNAME=%p PASSWORD=%p %p in one sentence', async (username, given, settings, code, err) => {
    expect(await password(username, given, settings)).toEqual({ code, out: '', err })
  })

  test('migrates no database that DATABASE_URL names', async () => {
    const DATABASE_URL = (await server.cli('url')).out
    await run('tools/migrate/cli.ts', ['down', '--yes'], server.env)
    const { code, out, err } = await password('dora', NEW, { DATABASE_URL })
    expect([code, out, err.includes('run make migrate-up first')]).toEqual([2, '', true])
  })
})
