import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { newServer, query, run } from './support.ts'

setDefaultTimeout(60_000) // processes start slowly on a busy machine
const server = newServer()
const { cli } = server
afterAll(server.remove)

describe('ten starts at once, from nothing', () => {
  let outcomes: Awaited<ReturnType<typeof cli>>[]
  beforeAll(async () => {
    outcomes = await Promise.all(Array.from({ length: 10 }, () => cli('start', 'app', 'app_test')))
  })

  test('all get the same URLs', () => {
    expect(outcomes.map(({ code }) => code)).toEqual(Array(10).fill(0))
    expect(new Set(outcomes.map(({ out }) => out)).size).toBe(1)
    expect(outcomes[0]?.out).toMatch(/^postgres:\S+\/app\npostgres:\S+\/app_test$/)
  })

  test('one of them set the server up, one started it and told how to stop it', () => {
    const lines = outcomes.flatMap(({ err }) => err.split('\n')).filter(Boolean)
    expect(lines.toSorted()).toEqual([
      expect.stringMatching(
        /^PostgreSQL is running on port \d+ and keeps running\. To stop it: npx dev-postgres stop --dir '.*'$/,
      ),
      'Setting up PostgreSQL (once) …',
    ])
  })

  test('leave nothing but the data and the log', () => {
    expect(readdirSync(join(server.dir, 'postgres')).toSorted()).toEqual(['data', 'log'])
  })
})

describe('a server', () => {
  beforeAll(async () => {
    const { out } = await cli('url', 'app')
    await query(out, 'create table kept as select 1 as n')
  })
  const isThere = async (url: string) => expect(await query(url, 'select n from kept')).toEqual([{ n: 1 }])

  test('has the same URL, port and data after kill -9', async () => {
    const before = await cli('url', 'app')
    process.kill(server.pid(), 'SIGKILL')
    const after = await cli('url', 'app')
    expect(after.out).toBe(before.out)
    await isThere(after.out)
  })

  test('has the same URL and data after a stop', async () => {
    const before = await cli('url', 'app')
    expect(await cli('stop')).toMatchObject({ code: 0, out: 'PostgreSQL stopped; its data is kept.' })
    expect(await cli('stop')).toMatchObject({ code: 0, out: 'PostgreSQL was not running.' })
    const after = await cli('url', 'app')
    expect(after.out).toBe(before.out)
    await isThere(after.out)
  })

  test('takes another port while its own is taken, and its own again afterwards', async () => {
    const { out: before } = await cli('url', 'app')
    await cli('stop')
    const squatter = Bun.listen({ hostname: '127.0.0.1', port: server.port(before), socket: { data() {} } })
    const { out: meanwhile, err } = await cli('url', 'app')
    squatter.stop(true)
    expect(err).toStartWith(
      `Port ${server.port(before)} is taken: PostgreSQL uses ${server.port(meanwhile)} until`,
    )
    await isThere(meanwhile)
    await cli('stop')
    expect((await cli('url', 'app')).out).toBe(before)
  })

  test('gets the databases that it lacks, by however many starts at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => cli('start', 'late', 'a "b".c/é')))
    expect(outcomes.map(({ code, err }) => ({ code, err }))).toEqual(Array(4).fill({ code: 0, err: '' }))
    const urls = String(outcomes[0]?.out).split('\n')
    const names = await Promise.all(urls.map((url) => query(url, 'select current_database() as name')))
    expect(names).toEqual([[{ name: 'late' }], [{ name: 'a "b".c/é' }]])
  })

  test('is reached by its password only', async () => {
    const url = new URL((await cli('url', 'app')).out)
    url.password = 'guess'
    expect(query(url.href, 'select 1')).rejects.toThrow('password')
  })

  test('is stopped and started without any program on the path', async () => {
    for (const command of ['stop', 'start'])
      expect(await run([command, '--dir', server.dir], { PATH: '/nowhere' })).toMatchObject({ code: 0 })
  })

  test('reports its status', async () => {
    await cli('start')
    expect(await cli('status')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is ready on port \d+ \(process \d+\)\.$/),
    })
    await cli('stop')
    expect(await cli('status')).toMatchObject({ code: 1, out: expect.stringMatching(/is not running\.$/) })
  })

  test('is deleted only when that is confirmed', async () => {
    const refused = await cli('reset')
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Nothing was changed')])
    await isThere((await cli('url', 'app')).out)
    expect(await cli('reset', '--yes')).toMatchObject({ code: 0, out: 'The databases are deleted.' })
    expect(existsSync(join(server.dir, 'postgres'))).toBe(false)
    expect(await cli('status')).toMatchObject({
      code: 1,
      out: expect.stringContaining('There is no server in'),
    })
    expect(await cli('stop')).toMatchObject({ code: 0, out: 'PostgreSQL was not running.' })
  })
})

test('a server that a worker of `bun test` starts outlives the worker', async () => {
  const started = newServer()
  const index = join(import.meta.dir, '../src/index.ts')
  for (const name of ['a', 'b'])
    await Bun.write(
      join(started.dir, `${name}.test.ts`),
      `import { test } from 'bun:test'
      import { startPostgres } from '${index}'
      test('starts', () => startPostgres('${started.dir}').then(() => {}), 60_000)`,
    )
  const tests = Bun.spawn([process.execPath, 'test', '--parallel=2'], {
    cwd: started.dir,
    env: { ...process.env, BUN_TEST_WORKER_ID: undefined },
    stdout: 'ignore',
    stderr: 'ignore',
  })
  expect(await tests.exited).toBe(0)
  await Bun.sleep(300) // in which a server that was told to stop does
  expect(await started.cli('start')).toMatchObject({ code: 0, err: '' }) // it did not have to be started
  await started.remove()
})

test('a set-up that was killed begins again', async () => {
  const killed = newServer()
  const command = [process.execPath, join(import.meta.dir, '../src/cli.ts'), 'url', '--dir', killed.dir]
  const setUp = Bun.spawn(command, { detached: true, stdout: 'ignore', stderr: 'ignore' })
  const folder = join(killed.dir, 'postgres')
  const isInProgress = () =>
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((name) => /PG_VERSION$/.test(`${name}`))
  while (!isInProgress()) await Bun.sleep(1)
  process.kill(-setUp.pid, 'SIGKILL') // with initdb, as a terminal does it
  await setUp.exited
  expect(existsSync(killed.data)).toBe(false)
  const { code, out } = await killed.cli('url', 'app')
  expect([code, await query(out, 'select 1 as n')]).toEqual([0, [{ n: 1 }]])
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'log'])
  await killed.remove()
})

test.each([[[]], [['strat']], [['stop', 'app']], [['url', 'a', 'b']], [['start', '--bogus']]])(
  'the arguments %p are answered with the usage and exit code 2',
  async (args) => {
    expect(await run(args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^Usage: dev-postgres <command>/),
    })
  },
)
