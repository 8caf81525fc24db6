import { afterAll, describe, expect, test } from 'bun:test'
import { neon } from '@neondatabase/serverless'
import { busySessions, countSessions, eventually, startEndpoint } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint({ idleTimeoutMs: 100 })
afterAll(() => endpoint.close())

function cli(args: string[], env: Record<string, string> = {}) {
  const command = [process.execPath, 'packages/neon-local/src/cli.ts', ...args]
  return Bun.spawn(command, { env: { ...process.env, ...env }, stdout: 'pipe', stderr: 'pipe' })
}

/** Reads what a program prints until it has printed `pattern`. */
async function printed(output: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk)
    const found = pattern.exec(text)
    if (found) return found[1] ?? ''
  }
  throw new Error(`The program ended, having printed: ${text}`)
}

describe('make neon', () => {
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

  test.each([
    ['a port in use', ['--port', String(endpoint.port)], /^Port \d+ is in use; choose another/],
    ['no port', ['--port', 'x'], /^The port must be a number/],
    ['no Postgres', ['--upstream', 'http://localhost'], /^The upstream must look like postgres:/],
    ['an unknown argument', ['--bogus'], /Usage: neon-local/],
  ])('says what is wrong with %s', async (_what, args, message) => {
    const program = cli(['--upstream', endpoint.upstream, ...args])
    expect(await program.exited).toBe(1)
    expect(await new Response(program.stderr).text()).toMatch(message)
  })

  test('takes the port from NEON_LOCAL_PORT', async () => {
    const program = cli(['--upstream', endpoint.upstream], { NEON_LOCAL_PORT: String(endpoint.port) })
    expect(await program.exited).toBe(1)
    expect(await new Response(program.stderr).text()).toContain(`Port ${endpoint.port} is in use`)
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
