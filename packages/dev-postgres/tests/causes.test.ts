import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newServer, query, run } from './support.ts'

setDefaultTimeout(60_000)
const AT_ONCE_MS = 10_000 // on a busy machine: PostgreSQL itself needs 0.2 s to say why it does not start
const server = newServer()
const { cli, data } = server

beforeAll(async () => {
  const { out } = await cli('url', 'app')
  await query(out, 'create table kept as select 1 as n')
})
afterAll(server.remove)

async function expectKept(): Promise<void> {
  const { code, out } = await cli('url', 'app')
  expect([code, await query(out, 'select n from kept')]).toEqual([0, [{ n: 1 }]])
}

/** Replaces a file or folder of the data, or removes it, until `putBack`. */
function damage(path: string, content: string | null): void {
  renameSync(join(data, path), join(server.dir, 'undamaged'))
  if (content === null) return
  writeFileSync(join(data, path), content)
  const { uid, gid } = statSync(data)
  chownSync(join(data, path), uid, gid)
}

function putBack(path: string): void {
  rmSync(join(data, path), { force: true })
  renameSync(join(server.dir, 'undamaged'), join(data, path))
}

describe('data that PostgreSQL does not accept is reported at once, and is not touched', () => {
  beforeAll(() => cli('stop'))
  afterAll(expectKept)

  test.each([
    ['an empty control file', 'global/pg_control', '', 'read 0 of 296'],
    ['a control file of zeros', 'global/pg_control', '\0'.repeat(8192), 'FATAL'],
    ['no control file', 'global/pg_control', null, 'pg_control'],
    ['no WAL', 'pg_wal', null, '"pg_wal" does not exist'],
    ['no version', 'PG_VERSION', null, 'PG_VERSION is missing'],
    ['another version', 'PG_VERSION', '9', "is of PostgreSQL 9, which PostgreSQL 18 can't read"],
    ['no databases', 'base/5', null, '3D000'],
  ])('%s', async (_, path, content, message) => {
    damage(path, content)
    const { code, out, err, ms } = await cli('url', 'app')
    await cli('stop')
    putBack(path)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(message)
    expect(err).not.toMatch(/Setting up|^\s+at /m) // neither a new server nor a stack trace
    expect(ms).toBeLessThan(AT_ONCE_MS)
  })
})

describe('a password file', () => {
  afterEach(async () => {
    putBack('password')
    await expectKept()
  })

  test.each([
    ['that is missing', null, 'is missing'],
    ['that is empty', '', 'is missing'],
    ['that is wrong', 'guess', 'is not the right one'],
  ])('%s is reported at once, running or not', async (_, content, message) => {
    await cli('start')
    damage('password', content)
    for (const command of [['url', 'app'], ['stop'], ['url', 'app']]) {
      const { code, err, ms } = await cli(...command)
      expect(ms).toBeLessThan(AT_ONCE_MS)
      if (command[0] === 'stop') expect(code).toBe(0)
      else
        expect([code, err]).toEqual([
          1,
          expect.stringContaining(`${message}: put ${join(data, 'password')} back`),
        ])
    }
  })
})

test('a lost password can be replaced, and the data is kept', async () => {
  const { out: before } = await cli('url', 'app')
  damage('password', null)
  expect(await cli('new-password')).toMatchObject({
    code: 0,
    out: 'PostgreSQL has a new password, and is stopped.',
  })
  await expectKept()
  expect((await cli('url', 'app')).out).not.toBe(before)
  expect(query(before, 'select 1')).rejects.toThrow('password')
  expect(await run(['new-password', '--dir', '/nowhere'])).toMatchObject({
    code: 1,
    out: 'There is no server in /nowhere yet.',
  })
})

describe('a pid file that outlived its server', () => {
  // The server of somebody else that asks for the password in clear: AuthenticationCleartextPassword.
  const ASK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])
  const received: Buffer[] = []
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, bytes) {
        received.push(bytes)
        socket.write(ASK)
      },
    },
  })
  afterAll(() => listener.stop(true))

  test.each([
    ['of another program', () => process.pid],
    ['that is free', () => 2 ** 22 - 1],
    ['of another server', () => newPostmaster()],
  ])('names a port and the number %s: nothing is sent there', async (_, pid) => {
    await cli('stop')
    writeFileSync(
      join(data, 'postmaster.pid'),
      `${await pid()}\n${data}\n1\n${listener.port}\n\n127.0.0.1\n\nready\n`,
    )
    expect(await cli('status')).toMatchObject({ code: 1, out: expect.stringMatching(/is not running\.$/) })
    expect(await cli('stop')).toMatchObject({ code: 0, out: 'PostgreSQL was not running.' })
    await expectKept()
    expect(Buffer.concat(received).toString()).toBe('')
  })

  const another = newServer()
  afterAll(another.remove)
  async function newPostmaster(): Promise<number> {
    await another.cli('start')
    return another.pid()
  }

  test('on the usual port: nothing is sent there', async () => {
    await cli('stop')
    const usual = Number(readFileSync(join(data, 'port'), 'utf8'))
    using squatter = Bun.listen({
      hostname: '127.0.0.1',
      port: usual,
      socket: { data: (_, bytes) => void received.push(bytes) },
    })
    writeFileSync(
      join(data, 'postmaster.pid'),
      `${process.pid}\n${data}\n1\n${squatter.port}\n\n127.0.0.1\n\nready\n`,
    )
    await expectKept()
    expect(Buffer.concat(received).toString()).toBe('')
  })
})

describe('a folder that cannot be used is one sentence', () => {
  test('because it is a file', async () => {
    const { code, err } = await run(['url', '--dir', import.meta.path])
    expect([code, err.split('\n').length]).toEqual([1, 1])
    expect(err).toContain(`PostgreSQL can't keep its data in ${import.meta.path} (EEXIST)`)
  })
})
