import { afterAll, describe, expect, test } from 'bun:test'
import { neon } from '@neondatabase/serverless'
import { busySessions, countSessions, eventually, startEndpoint } from '../../../tests/support/neon-local.ts'
import { cli, printed } from './support/cli.ts'

const endpoint = await startEndpoint({ idleTimeoutMs: 100 })
afterAll(() => endpoint.close())

describe('the command', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, and then leaves nothing', async (signal) => {
    const program = cli(['--upstream', endpoint.upstream, '--port', '0', '--show-password'])
    const url = await printed(program.stdout, /DATABASE_URL=(\S+)\s/)
    expect(await neon(url)`select 1 as n`).toEqual([{ n: 1 }])
    const running = neon(url)`select pg_sleep(65)`.catch(() => 'failed')
    await eventually(async () => (await busySessions(endpoint)).length, 1)
    program.kill(signal)
    expect(await program.exited).toBe(0)
    expect(await running).toBe('failed')
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('prints settings that work as they are, for poolQueryViaFetch too', async () => {
    const program = cli(['--upstream', endpoint.upstream, '--port', '0'])
    const settings = await printed(program.stdout, /(import \{ neonConfig[\s\S]*useSecureWebSocket = \w+)\s/)
    const url = Object.assign(new URL(endpoint.upstream), { port: /:(\d+)/.exec(settings)?.[1] }).href
    const script = `
      ${settings}
      import { neon, Pool } from '@neondatabase/serverless'
      const pool = new Pool({ connectionString: '${url}' })
      const n = async () => (await pool.query('select 1 as n')).rows[0].n
      const overWebSocket = await n()
      neonConfig.poolQueryViaFetch = true
      console.log((await neon('${url}')\`select 1 as n\`)[0].n, overWebSocket, await n())
      await pool.end()`
    const app = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
    expect(await new Response(app.stdout).text()).toBe('1 1 1\n')
    program.kill()
    await program.exited
  })

  test('keeps the password to itself unless it is asked for it', async () => {
    const { password } = new URL(endpoint.upstream)
    const program = cli(['--port', '0'], { NEON_LOCAL_UPSTREAM: endpoint.upstream })
    const text = new Response(program.stdout).text()
    await Bun.sleep(500)
    program.kill()
    expect(await text).toContain(':****@')
    expect(await text).toContain('--show-password')
    expect(await text).not.toContain(password)
  })

  test.each([
    ['a port in use', ['--port', String(endpoint.port)], /^Port \d+ is in use; choose another/],
    ['no port', ['--port', 'x'], /^The port must be a number/],
    ['no Postgres', ['--upstream', 'http://localhost'], /^The upstream must look like postgres:/],
    [
      'a parameter that it does not know',
      ['--upstream', 'postgres://h/d?sslkey=x'],
      /^The upstream has the parameter/,
    ],
    [
      'itself',
      ['--upstream', 'postgres://localhost:4999/app', '--port', '4999'],
      /^The upstream is the endpoint itself/,
    ],
    ['every origin', ['--allow-origin', '*'], /^--allow-origin must be one origin/],
    ['the origin null', ['--allow-origin', 'null'], /^--allow-origin must be one origin/],
    [
      'an origin with a path',
      ['--allow-origin', 'http://localhost:5173/'],
      /^--allow-origin must be one origin/,
    ],
    ['half a certificate', ['--tls-cert', 'cert.pem'], /^--tls-cert and --tls-key go together/],
    [
      'a certificate that is not there',
      ['--tls-cert', '/no', '--tls-key', '/no'],
      /^--tls-cert "\/no" can't be read/,
    ],
    ['keys that are not there', ['--jwks', '/no'], /^The JWKS "\/no" can't be read/],
    ['an address that is not here', ['--host', '192.0.2.1'], /^This program may not listen on 192.0.2.1/],
    [
      'a URL without its option',
      ['postgres://u:hush@h/d'],
      /^A Postgres URL goes after --upstream\.\n\nUsage/,
    ],
    ['an unknown argument', ['--bogus'], /^Unknown option '--bogus'\.\n\nUsage: neon-local/],
  ])('says what is wrong with %s, in a sentence', async (_what, args, message) => {
    const program = cli(['--upstream', endpoint.upstream, ...args])
    expect(await program.exited).toBe(1)
    const text = await new Response(program.stderr).text()
    expect(text).toMatch(message)
    expect(text).not.toMatch(/^\s+at |hush/m)
  })

  test('takes the port from NEON_LOCAL_PORT, and needs an upstream', async () => {
    const program = cli(['--upstream', endpoint.upstream], { NEON_LOCAL_PORT: String(endpoint.port) })
    expect(await program.exited).toBe(1)
    expect(await new Response(program.stderr).text()).toContain(`Port ${endpoint.port} is in use`)
    const aimless = cli([])
    expect(await aimless.exited).toBe(1)
    expect(await new Response(aimless.stderr).text()).toStartWith('--upstream is missing.')
  })
})

describe('a client process that is killed leaves nothing', () => {
  const start = (script: string) => {
    const connected = `
      import { Client, neon, neonConfig } from '@neondatabase/serverless'
      import { useNeonLocal } from '@hearth/neon-local/settings'
      useNeonLocal(neonConfig)
      const [url] = process.argv.slice(-1)
      const client = new Client(url)
      await client.connect()
      ${script}`
    return Bun.spawn([process.execPath, '-e', connected, endpoint.connectionString()])
  }
  const busy = async () => (await busySessions(endpoint)).map(({ query }) => query).sort()

  test('in a query over HTTP and one over WebSocket', async () => {
    const queries = ['select pg_sleep(66)', 'select pg_sleep(67)']
    const program = start(`client.query('${queries[0]}'); await neon(url).query('${queries[1]}')`)
    expect(await eventually(busy, queries)).toEqual(queries)
    program.kill('SIGKILL')
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('while Postgres is too busy to read what it sends', async () => {
    const program = start(`
      client.query('select pg_sleep(68)')
      for (let n = 0; n < 32; n++) client.connection.stream.ws.send(new Uint8Array(1024 * 1024))
      console.log('sent')
      setInterval(() => {}, 1000)`)
    await printed(program.stdout, /sent/)
    expect(await eventually(busy, ['select pg_sleep(68)'])).toEqual(['select pg_sleep(68)'])
    await Bun.sleep(300) // until nothing more gets through
    program.kill('SIGKILL')
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })
})
