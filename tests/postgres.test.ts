import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { environment, ownServer, run } from './support/processes.ts'

setDefaultTimeout(30_000) // processes start slowly on a busy machine
const server = ownServer()
const { cli } = server
beforeAll(async () => {
  await query((await cli('url')).out, 'create table kept as select 1 as n')
})
afterAll(server.remove)

const TABLE = 'select to_regclass($$kept$$) as found'
const query = async (url: string, text: string) => {
  await using sql = new Bun.SQL(url, { max: 1 })
  return [...(await sql.unsafe(text))]
}
const serverProcess = () =>
  Number(readFileSync(join(server.env.DATA_DIR, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])

/** Runs `work` with a server that nobody has used yet. */
async function withNewServer(work: (server: ReturnType<typeof ownServer>) => Promise<void>): Promise<void> {
  const another = ownServer()
  try {
    await work(another)
  } finally {
    await another.remove()
  }
}

describe('the embedded server', () => {
  test('is made and started once, by however many commands at once, and anew after a reset', () =>
    withNewServer(async ({ cli }) => {
      const answers = await Promise.all([cli('url'), cli('test-url'), cli('url')])
      expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
      const [development, tests, again] = answers.map(({ out }) => out)
      expect(again).toBe(String(development))
      expect(tests?.replace('backend_test_db', 'backend_db')).toBe(String(development))
      expect(answers.filter(({ err }) => err.includes('Setting up')).length).toBe(1)
      expect(await query(String(development), 'create table kept as select 1 as n')).toEqual([])
      expect(await query(String(tests), TABLE)).toEqual([{ found: null }])

      expect((await cli('reset')).code).toBe(0)
      expect(await query((await cli('url')).out, TABLE)).toEqual([{ found: null }])
    }))

  test('comes back with its data after kill -9', async () => {
    await cli('url')
    process.kill(serverProcess(), 'SIGKILL')
    const { code, out } = await cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('stops, and says whether it ran', async () => {
    await cli('url')
    expect((await cli('stop')).out).toBe('PostgreSQL stopped; its data is kept.')
    expect((await cli('stop')).out).toBe('PostgreSQL was not running.')
  })

  test('is known without the programs that small machines lack', async () => {
    await cli('url')
    const { out } = await run('tools/postgres/cli.ts', ['stop'], { ...server.env, PATH: server.folder })
    expect(out).toBe('PostgreSQL stopped; its data is kept.')
  })

  test('does not touch the data of another version, and says so at once', async () => {
    const versionFile = join(server.env.DATA_DIR, 'postgres/data/PG_VERSION')
    const version = readFileSync(versionFile, 'utf8')
    await cli('stop')
    await Bun.write(versionFile, '9\n')
    const { code, err } = await cli('url')
    expect([code, err.split('\n').length]).toEqual([1, 1])
    expect(err).toContain(`of PostgreSQL 9, which PostgreSQL ${version.trim()} can't read`)
    await Bun.write(versionFile, version)
    expect(await query((await cli('url')).out, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('takes another port when its own is taken', async () => {
    const before = new URL((await cli('url')).out).port
    await cli('stop')
    using _squatter = Bun.listen({ hostname: '127.0.0.1', port: Number(before), socket: { data() {} } })
    const { out } = await cli('url')
    expect(new URL(out).port).not.toBe(before)
    expect(await query(out, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('does not take another program for itself when its number was reused', async () => {
    await cli('stop')
    const pidFile = join(server.env.DATA_DIR, 'postgres/data/postmaster.pid')
    await Bun.write(pidFile, `${process.pid}\n/nowhere\n1\n1\n\n127.0.0.1\n\nready\n`)
    const { code, out } = await cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('is reached by its password only', async () => {
    const url = new URL((await cli('url')).out)
    url.password = 'guess'
    expect(query(url.href, 'select 1')).rejects.toThrow('password')
  })
})

test('a set-up that was killed begins again', () =>
  withNewServer(async (killed) => {
    const folder = join(killed.env.DATA_DIR, 'postgres')
    const command = [process.execPath, 'tools/postgres/cli.ts', 'url']
    const setUp = Bun.spawn(command, {
      env: environment(killed.env),
      detached: true,
      stdout: 'ignore',
      stderr: 'ignore',
    })
    const isUnderWay = () =>
      existsSync(folder) &&
      readdirSync(folder, { recursive: true }).some((name) => /\/PG_VERSION$/.test(`${name}`))
    while (!isUnderWay()) await Bun.sleep(1)
    process.kill(-setUp.pid, 'SIGKILL') // with initdb, as a terminal does it
    await setUp.exited
    const { code, out } = await killed.cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select 1 as n')).toEqual([{ n: 1 }])
  }))

test('a folder that can not be used is told in one sentence', async () => {
  const { code, err } = await run('tools/postgres/cli.ts', ['url'], { DATA_DIR: import.meta.path })
  expect([code, err.split('\n').length]).toEqual([1, 1])
  expect(err).toContain('set DATA_DIR to a folder')
})

test.skipIf(process.getuid?.() !== 0)('root may keep it in a home that others can not enter', () =>
  withNewServer(async (closed) => {
    chmodSync(closed.folder, 0o700)
    const { code, out } = await closed.cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select 1 as n')).toEqual([{ n: 1 }])
    expect(readlinkSync(join(closed.env.DATA_DIR, 'postgres'))).toStartWith('/var/lib/hearth/')
  }),
)

test('an unknown command lists those there are, with exit code 1', async () => {
  const { code, err } = await cli('strat')
  expect([code, err]).toEqual([1, 'Usage: bun tools/postgres/cli.ts url | test-url | stop | reset'])
})
