import { afterAll, describe, expect, test } from 'bun:test'
import { busySessions, countSessions, eventually, startEndpoint } from '../../../tests/support/neon-local.ts'
import { run } from './support/cli.ts'

const endpoint = await startEndpoint({ idleTimeoutMs: 100 })
const url = endpoint.connectionString()
afterAll(() => endpoint.close())

describe.skipIf(!Bun.which('psql'))('psql', () => {
  test('runs COPY both ways, and reports errors as Postgres does', async () => {
    await run(['psql', url, '-c', 'create table copied (n int, s text)'])
    const rows = Array.from({ length: 50_000 }, (_, n) => `${n}\trow ${n}`).join('\n')
    expect(await run(['psql', url, '-c', 'copy copied from stdin'], rows)).toEqual({
      code: 0,
      out: 'COPY 50000',
      err: '',
    })
    const { out } = await run(['psql', url, '-c', 'copy copied to stdout'])
    expect(out === rows).toBe(true)
    const wrong = Object.assign(new URL(url), { password: 'wrong' }).href
    expect((await run(['psql', wrong, '-c', 'select 1'])).err).toContain('password authentication failed')
  })

  test('that is killed leaves nothing', async () => {
    const child = Bun.spawn(['psql', url, '-c', 'select pg_sleep(70)'], { stdout: 'ignore' })
    expect(await eventually(async () => (await busySessions(endpoint)).length, 1)).toBe(1)
    child.kill('SIGKILL')
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('cancels a query', async () => {
    const child = Bun.spawn(['psql', url, '-c', 'select pg_sleep(71)'], {
      stdout: 'ignore',
      stderr: 'pipe',
    })
    expect(await eventually(async () => (await busySessions(endpoint)).length, 1)).toBe(1)
    child.kill('SIGINT')
    expect(await new Response(child.stderr).text()).toContain('canceling statement due to user request')
  })

  test('asks in vain for TLS that there is not', async () => {
    const { err } = await run(['psql', `${url}?sslmode=require`, '-c', 'select 1'])
    expect(err).toContain('server does not support SSL')
  })
})
