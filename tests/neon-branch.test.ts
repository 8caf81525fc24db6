import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { deletions, type RecordedApi, serveNeonApi, settingsOf } from './support/neon-api.ts'
import { serverUrl } from './support/server-url.ts'

const project = join(import.meta.dir, '..')
const uri = await serverUrl()
const password = new URL(uri).password
let api: RecordedApi
const madeDatabases: string[] = []

afterEach(async () => {
  await api?.stop()
  await using sql = new Bun.SQL(uri, { max: 1 })
  for (const name of madeDatabases.splice(0)) await sql`drop database if exists ${sql(name)} with (force)`
})

/** Starts the tool with a command; `output` is what both print, to the end. */
function start(command: string[], env: Record<string, string> = settingsOf(api)) {
  const child = Bun.spawn([process.execPath, 'tools/neon-branch/cli.ts', ...command], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const printed = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  const output = printed.then((texts) => {
    const text = texts.join('')
    madeDatabases.push(...(text.match(/(?<=branch )test-\w+/g) ?? []).map((name) => name.replace('-', '_')))
    return text
  })
  return { child, output }
}

async function run(command: string[], env?: Record<string, string>) {
  const { child, output } = start(command, env)
  return { output: await output, exitCode: await child.exited }
}

const script = (code: string) => [process.execPath, '-e', code]

describe('a command on a Neon branch', () => {
  test('gets a database of its own on it; the branch is deleted afterwards', async () => {
    api = serveNeonApi({ uri })
    const { output, exitCode } = await run(
      script('console.log(new URL(process.env.DATABASE_TEST_URL).pathname)'),
    )
    expect(exitCode).toBe(0)
    expect(output).toMatch(/^\/test_\w{8}$/m)
    expect(deletions(api).length).toBe(1)
    expect([...api.keys]).toEqual(['Bearer napi_secret'])
    for (const secret of ['napi_secret', password]) expect(output).not.toContain(secret)
  })

  test('can be the tests', async () => {
    api = serveNeonApi({ uri, withoutUri: true })
    const { output, exitCode } = await run([process.execPath, 'test', './tests/users.test.ts'])
    expect(output).toContain(' 0 fail')
    expect(exitCode).toBe(0)
    const forUri =
      'connection_uri?branch_id=br-wispy-meadow-118737&database_name=app&role_name=app_owner&pooled=false'
    expect(api.requests.at(-2)).toEndWith(forUri)
  })

  test('decides the exit code, and may fail', async () => {
    api = serveNeonApi({ uri })
    expect((await run(script('process.exit(7)'))).exitCode).toBe(7)
    expect(deletions(api).length).toBe(1)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is stopped by %s, and the branch is deleted', async (signal, code) => {
    api = serveNeonApi({ uri })
    const { child, output } = start(script(`await fetch('${api.url}/started'); setInterval(() => {}, 1000)`))
    await asked('/started')
    child.kill(signal)
    expect(await child.exited).toBe(code)
    expect(deletions(api).length).toBe(1)
    expect(await output).not.toContain('napi_secret')
  })

  test('is not begun when a signal comes while the branch is made', async () => {
    api = serveNeonApi({ uri, polls: 2 })
    const { child } = start(script(`await fetch('${api.url}/started')`))
    await asked('/operations/')
    child.kill('SIGINT')
    expect(await child.exited).toBe(130)
    expect(deletions(api).length).toBe(1)
    expect(api.requests.join()).not.toContain('/started')
  })
})

async function asked(path: string) {
  while (!api.requests.some((request) => request.includes(path))) await Bun.sleep(10)
}

describe('what goes wrong', () => {
  test('is tried again while another operation runs', async () => {
    api = serveNeonApi({ uri, refusals: { POST: [423], DELETE: [503] } })
    expect((await run(script(''))).exitCode).toBe(0)
    expect(deletions(api).length).toBe(2)
  })

  test.each([
    [401, 'Is NEON_API_KEY right?'],
    [404, 'Is NEON_PROJECT_ID right?'],
    [500, 'refused a POST with 500'],
  ])('is said in a sentence without the key: %d', async (status, advice) => {
    api = serveNeonApi({ uri, refusals: { POST: [status] } })
    const { output, exitCode } = await run(script(''))
    expect(exitCode).toBe(1)
    expect(output).toContain(advice)
    expect(output).not.toContain('napi_secret')
    expect(output).not.toContain('    at ')
    expect(deletions(api)).toEqual([])
  })

  test('with the branch leaves none behind', async () => {
    api = serveNeonApi({ uri, outcome: 'failed' })
    const { output, exitCode } = await run(script(''))
    expect([exitCode, deletions(api).length]).toEqual([1, 1])
    expect(output).toContain('its operation create_branch is failed')
  })

  test('with deleting is said', async () => {
    api = serveNeonApi({ uri, refusals: { DELETE: [403] } })
    const { output, exitCode } = await run(script(''))
    expect(exitCode).toBe(1)
    expect(output).toContain('is still there; Neon deletes it within the hour')
  })

  test('is a missing setting', async () => {
    api = serveNeonApi({ uri })
    const { output, exitCode } = await run(script(''), { NEON_API_KEY: 'napi_secret' })
    expect(exitCode).toBe(1)
    expect(output).toStartWith('Set NEON_API_KEY')
  })
})
