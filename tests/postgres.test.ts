import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ownServer } from './support/processes.ts'

setDefaultTimeout(30_000) // processes start slowly on a busy machine
const server = ownServer()
const { cli } = server
afterAll(server.remove)

const query = async (url: string, text: string) => {
  await using sql = new Bun.SQL(url, { max: 1 })
  return [...(await sql.unsafe(text))]
}
const serverProcess = () =>
  Number(readFileSync(join(server.env.DATA_DIR, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])

describe('the embedded server', () => {
  test('is made and started once, by however many commands at once', async () => {
    const answers = await Promise.all([cli('url'), cli('test-url'), cli('url')])
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
    const [development, tests, again] = answers.map(({ out }) => out)
    expect(again).toBe(String(development))
    expect(tests?.replace('backend_test_db', 'backend_db')).toBe(String(development))
    expect(answers.filter(({ err }) => err.includes('Setting up')).length).toBe(1)
    expect(await query(String(development), 'create table kept as select 1 as n')).toEqual([])
    expect(await query(String(tests), 'select to_regclass($$kept$$) as found')).toEqual([{ found: null }])
  })

  test('comes back with its data after kill -9', async () => {
    process.kill(serverProcess(), 'SIGKILL')
    const { code, out } = await cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('stops, and says whether it ran', async () => {
    expect((await cli('stop')).out).toBe('PostgreSQL stopped; its data is kept.')
    expect((await cli('stop')).out).toBe('PostgreSQL was not running.')
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

  test('starts from nothing after a reset', async () => {
    expect((await cli('reset')).code).toBe(0)
    const { out } = await cli('url')
    expect(await query(out, 'select to_regclass($$kept$$) as found')).toEqual([{ found: null }])
  })
})

test.skipIf(process.getuid?.() !== 0)('root may keep it in a home that others can not enter', async () => {
  const closed = ownServer()
  chmodSync(closed.folder, 0o700)
  try {
    const { code, out } = await closed.cli('url')
    expect(code).toBe(0)
    expect(await query(out, 'select 1 as n')).toEqual([{ n: 1 }])
    expect(readlinkSync(join(closed.env.DATA_DIR, 'postgres'))).toStartWith('/var/lib/hearth/')
  } finally {
    await closed.remove()
  }
})

test('an unknown command lists those there are, with exit code 1', async () => {
  const { code, err } = await cli('strat')
  expect([code, err]).toEqual([1, 'Usage: bun tools/postgres/cli.ts url | test-url | stop | reset'])
})
