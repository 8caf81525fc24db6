import { afterAll, beforeEach, describe, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import { connect } from '../src/db/bun-sql.ts'
import { FOR_REQUESTS, type Limits } from '../src/db/limits.ts'
import { admin, PASSWORD, signedIn, user } from './support/factories.ts'
import { startFaultyProxy } from './support/faulty-proxy.ts'
import { freshDatabase } from './support/fresh-database.ts'
import { call, services } from './support/http.ts'

setDefaultTimeout(30_000) // faults take as long as they take

const log = spyOn(console, 'log').mockImplementation(() => {})
beforeEach(() => log.mockClear())
afterAll(() => log.mockRestore())

const logging = services({ log: 'json' })
const lines = () => log.mock.calls.flat().map((line) => JSON.parse(line))
const events = () => lines().flatMap(({ event, about, ip }) => (event ? [[event, about ?? null, ip]] : []))

describe('the line of a request', () => {
  test('names the caller, what it waited for, and what a caller did wrong', async () => {
    const { user, token } = await signedIn()
    await call('PATCH /me', { token, body: { role: 'admin' }, with: logging })
    expect(lines()).toEqual([
      {
        time: expect.any(String),
        method: 'PATCH',
        route: '/me',
        status: 403,
        ms: expect.any(Number),
        requestId: expect.any(String),
        user: user.id,
        problem: 'forbidden',
      },
    ])
    await call('GET /nope', { with: logging })
    expect(lines()[1]).toMatchObject({ status: 404, problem: 'not_found' })
  })

  test('names the trace that the request belongs to, and nothing that only looks like one', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const parents = [`00-${trace}-00f067aa0ba902b7-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, trace]
    for (const traceparent of parents) await call('GET /health', { headers: { traceparent }, with: logging })
    expect(lines().map((line) => line.trace)).toEqual([trace, undefined, undefined])
  })

  test('of a sign-in says how long it waited for a hash', async () => {
    const { username } = await user()
    await call('POST /sessions', { body: { username, password: PASSWORD }, with: logging })
    expect(lines()[0].waited).toEqual({ hash: expect.any(Number) })
  })

  test('of a body that does not arrive is about the client', async () => {
    const body = new ReadableStream({})
    await call('POST /users', { body, with: services({ log: 'json', bodyWithinMs: 50 }) })
    expect(lines()).toMatchObject([{ status: 408, problem: 'body_timeout', stage: 'body' }])
    expect(lines()[0].fault).toBeUndefined()
  })
})

describe('events of security', () => {
  test('are sign-ins, and what admins do to users', async () => {
    const owner = await user()
    const sign = (password: string, username = owner.username) =>
      call('POST /sessions', { body: { username, password }, with: logging })
    await sign('wrong password')
    await sign(PASSWORD)
    await sign('whatever else', 'nobody-at-all')
    const { token } = await signedIn(await admin())
    await call(`PATCH /users/${owner.id}`, { token, body: { suspended: true, role: 'admin' }, with: logging })
    await sign(PASSWORD)
    const ip = '192.0.2.1'
    expect(events()).toEqual([
      ['sign_in_failed', owner.id, ip],
      ['signed_in', owner.id, ip],
      ['sign_in_failed', null, ip],
      ['role_changed', owner.id, ip],
      ['suspended', owner.id, ip],
      ['sign_in_failed', owner.id, ip],
    ])
    expect(log.mock.calls.join()).not.toContain('nobody-at-all')
  })

  test('are changes of a password, and what a limit refused', async () => {
    const { user, token } = await signedIn()
    const body = { currentPassword: PASSWORD, newPassword: 'a better battery' }
    await call('PUT /me/password', { token, body, with: logging })
    expect(events()).toEqual([['password_changed', user.id, '192.0.2.1']])
    const wrong = { username: user.username, password: 'wrong password' }
    let status = 0
    for (let n = 0; n < 100 && status !== 429; n++)
      status = (await call('POST /sessions', { body: wrong, with: logging })).status
    expect(lines().at(-2)).toMatchObject({ status: 429, problem: 'too_many_attempts' })
    expect(events().at(-1)).toEqual(['limited', null, '192.0.2.1'])
  })
})

describe('a fault of the database', () => {
  const limits: Limits = {
    ...FOR_REQUESTS,
    size: 1,
    turnMs: 500,
    lockMs: 1000,
    statementMs: 2000,
    silentMs: 200,
  }

  /** Runs `work` on a database of its own behind a proxy, and gives the lines of failed requests. */
  async function faultsOf(work: Parameters<typeof onOwn>[0]) {
    await onOwn(work)
    return lines()
      .filter(({ status }) => status >= 500)
      .map(({ status, stage, sqlstate, user }) => ({ status, stage, sqlstate, user }))
  }

  async function onOwn(
    work: (
      ask: (path: string) => Promise<unknown>,
      tools: { url: string; silence: () => void; id: number },
    ) => Promise<void>,
  ) {
    const database = await freshDatabase('log')
    const proxy = await startFaultyProxy(database.url)
    const { db, close } = connect(proxy.url, limits)
    const given = { ...logging, db }
    const { username, password, id } = database.admin
    const { body } = await call('POST /sessions', { body: { username, password }, with: given })
    const ask = (path: string) =>
      call(`PATCH ${path}` as 'PATCH /me', { token: body.token, body: { email: null }, with: given })
    await work(ask, { url: database.url, silence: proxy.silence, id })
    await close()
    await proxy.stop()
    await database.drop()
  }

  test('is a lock, or the queue behind it', async () => {
    const found = await faultsOf(async (ask, { url }) => {
      await using other = new Bun.SQL(url, { max: 1 })
      await other.begin(async (tx) => {
        await tx`select from users for update`
        await Promise.all([ask('/me'), ask('/me')])
      })
    })
    expect(found).toEqual([
      { status: 503, stage: 'pool', sqlstate: undefined, user: undefined },
      { status: 503, stage: 'lock', sqlstate: '55P03', user: undefined },
    ])
  })

  test('is a connection that went silent', async () => {
    const found = await faultsOf(async (ask, { silence }) => {
      silence()
      await ask('/me')
      await ask('/me') // goes to the new pool
    })
    expect(found).toEqual([{ status: 503, stage: 'query', sqlstate: undefined, user: undefined }])
    expect(lines().some(({ fault }) => /silent; the pool was replaced/.test(fault))).toBe(true)
  })
})
