import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { ownServer, run, start, textOf, untilUp } from './support/processes.ts'

setDefaultTimeout(30_000) // processes start slowly on a busy machine
const ENTRY = 'src/entry/bun.ts'
const BEHIND =
  /^Hearth can't start\. The database is behind the code, which needs the migration \d{4}_\w+: run make migrate-up\.$/
const server = ownServer()
afterAll(server.remove)

const register = (address: string, username: string) =>
  fetch(`${address}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: 'correct horse' }),
  })

describe('a running app', () => {
  test('has its tables, logs a line a request, and ends well when told to', async () => {
    const { app, address } = await server.startApp()
    expect((await fetch(`${address}/ready`)).status).toBe(200)
    const registered = await register(address, 'alice')
    const { id } = (await registered.json()) as { id: number }
    expect([registered.status, registered.headers.get('Location')]).toEqual([201, `/users/${id}`])
    const underWay = register(address, 'bob') // hashing takes longer than the signal
    await Bun.sleep(20)
    app.kill('SIGTERM')
    await Bun.sleep(20)
    app.kill('SIGINT') // a second signal must not cut what the first lets finish
    expect((await underWay).status).toBe(201)
    expect(await app.exited).toBe(0)
    const lines = (await textOf(app.stdout))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const requests = lines.filter(({ event }) => !event)
    expect(requests.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['GET', '/ready', 200],
      ['POST', '/users', 201],
      ['POST', '/users', 201],
    ])
    const events = lines.filter(({ event }) => event)
    expect(events).toMatchObject([
      { event: 'started', url: address },
      { event: 'draining', seconds: 1 },
      { event: 'stopped', code: 0 },
    ])
  })

  test('is not ready while it drains, but answers, and then ends', async () => {
    const { app, address } = await server.startApp({ DRAIN_SECONDS: '3' })
    const ask = async (path: string) => {
      const { status, headers } = await fetch(address + path)
      return [status, headers.get('Connection')]
    }
    expect(await ask('/ready')).toEqual([200, null])
    app.kill('SIGTERM')
    await Bun.sleep(300)
    expect(await ask('/ready')).toEqual([503, 'close'])
    expect(await ask('/health')).toEqual([200, 'close'])
    expect((await register(address, 'dora')).status).toBe(201)
    expect(await app.exited).toBe(0)
  })

  test('answers with a problem however large a body says it is', async () => {
    const { app, address } = await server.startApp()
    const { hostname, port } = new URL(address)
    const answer = Promise.withResolvers<string>()
    const socket = {
      data: (_: unknown, bytes: Uint8Array) => answer.resolve(new TextDecoder().decode(bytes)),
    }
    using client = await Bun.connect({ hostname, port: Number(port), socket })
    const type = 'Content-Type: application/json'
    client.write(`POST /users HTTP/1.1\r\nHost: hearth\r\n${type}\r\nContent-Length: 999999999999\r\n\r\n{`)
    expect(await answer.promise).toMatch(/^HTTP\/1\.1 413 .*\r\nContent-Type: application\/problem\+json/s)
    app.kill('SIGTERM')
    expect(await app.exited).toBe(0)
  })

  test('survives what nothing catches, with one line a fault and no value in it', async () => {
    const { out: DATABASE_URL } = await server.cli('url')
    const preload = '--preload=./tests/fixtures/fails-on-signal.ts'
    const { app, address, errors } = await untilUp(start(preload, [ENTRY], { DATABASE_URL, PORT: '0' }))
    app.kill('SIGUSR2')
    await Bun.sleep(200)
    expect((await fetch(`${address}/health`)).status).toBe(200)
    app.kill('SIGTERM')
    expect(await app.exited).toBe(0)
    const printed = await errors()
    expect(printed).not.toContain('hunter22')
    expect(printed.match(/^Uncaught.*$/gm)).toEqual([
      expect.stringMatching(/^Uncaught Error, ECONNRESET at fails-on-signal\.ts:\d+:\d+$/),
      expect.stringMatching(/^Uncaught Error, SQLSTATE 23505 at fails-on-signal\.ts:\d+:\d+$/),
    ])
  })

  test('says once that a proxy names its clients while it is set to read no header', async () => {
    const { out: DATABASE_URL } = await server.cli('url')
    const { app, address, errors } = await untilUp(start(ENTRY, [], { DATABASE_URL, PORT: '0' }))
    for (const header of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP'])
      await fetch(`${address}/health`, { headers: { [header]: '203.0.113.9' } })
    app.kill('SIGTERM')
    expect(await app.exited).toBe(0)
    const warnings = (await errors()).match(/^.*CLIENT_IP_HEADER.*$/gm)
    expect(warnings).toEqual([expect.stringContaining('A request came with X-Forwarded-For')])
  })

  test('answers 503 while the database is unreachable, and recovers', async () => {
    const { app, address } = await server.startApp()
    await server.cli('stop')
    const away = await fetch(`${address}/ready`)
    expect([away.status, Number(away.headers.get('Retry-After')) > 0]).toEqual([503, true])
    expect((await register(address, 'carol')).status).toBe(503)
    expect((await fetch(`${address}/health`)).status).toBe(200)
    await server.cli('url')
    expect((await register(address, 'carol')).status).toBe(201)
    app.kill('SIGINT')
    expect(await app.exited).toBe(0)
  })
})

describe('a start that fails', () => {
  const reachable = async () => (await server.cli('url')).out
  const changed = async (change: (url: URL) => void) => {
    const url = new URL(await reachable())
    change(url)
    return url.href
  }

  test.each([
    ['no database', async () => ({}), 'DATABASE_URL is not set'],
    ['no URL', async () => ({ DATABASE_URL: 'hunter22' }), 'DATABASE_URL must look like'],
    ['no server', async () => ({ DATABASE_URL: 'postgres://a:hunter22@127.0.0.1:1/x' }), 'does not answer'],
    [
      'an unknown database',
      async () => ({ DATABASE_URL: await changed((url) => (url.pathname = '/hunter22')) }),
      'has no database of that name',
    ],
    [
      'a wrong password',
      async () => ({ DATABASE_URL: await changed((url) => (url.password = 'hunter22')) }),
      'refuses the user or the password',
    ],
    ['a bad port', async () => ({ DATABASE_URL: await reachable(), PORT: 'hunter22' }), 'PORT must be'],
  ])('for %s says so in one sentence, with exit code 1', async (_, environment, sentence) => {
    const { code, out, err } = await run(ENTRY, [], await environment())
    expect([code, out]).toEqual([1, ''])
    expect(err).toStartWith("Hearth can't start. ")
    expect(err).toContain(sentence)
    expect(err.split('\n').length).toBe(1)
    expect(err).not.toContain('hunter22')
  })

  test('for a database that is behind the code says what to run', async () => {
    const url = await reachable()
    await using sql = new Bun.SQL(url, { max: 1 })
    const DATABASE_URL = await changed((it) => (it.pathname = '/behind'))
    await sql`create database behind`
    const { code, err } = await run(ENTRY, [], { DATABASE_URL })
    expect([code, err]).toEqual([1, expect.stringMatching(BEHIND)])
    await run('tools/migrate/cli.ts', ['up', '--to', '0'], { DATABASE_URL })
    const after = await run(ENTRY, [], { DATABASE_URL })
    expect([after.code, after.err]).toEqual([1, expect.stringMatching(BEHIND)])
  })

  test('for a taken port says so', async () => {
    using squatter = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const env = { DATABASE_URL: await reachable(), PORT: String(squatter.port) }
    const { code, err } = await run(ENTRY, [], env)
    expect([code, err.includes('set PORT')]).toEqual([1, true])
  })

  test('through make run is told alike', async () => {
    const { code, err } = await run('tools/dev.ts', [], {
      DATABASE_URL: 'postgres://a:hunter22@127.0.0.1:1/x',
    })
    expect(code).toBe(1)
    expect(err).toContain('does not answer')
    expect(err).not.toContain('hunter22')
  })
})
