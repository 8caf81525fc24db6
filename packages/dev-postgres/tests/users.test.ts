import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { resetPostgres, temporaryFolder } from '../src/index.ts'
import { isRunning } from '../src/process.ts'
import { canEnter } from '../src/server-user.ts'
import { newServer, query } from './support.ts'

setDefaultTimeout(60_000)
const ORDINARY = 1 // daemon: initdb wants a user that the system knows
const cli = join(import.meta.dir, '../src/cli.ts')

/** Runs the command as an ordinary user, with a home of mode 0700. */
function asOrdinaryUser(home: string, ...args: string[]) {
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    ...{ uid: ORDINARY, gid: ORDINARY, cwd: home, env },
    encoding: 'utf8',
  })
  return { code: status, out: stdout.trim(), err: stderr.trim() }
}

describe.skipIf(process.getuid?.() !== 0)('root, in a home of mode 0700', () => {
  const home = temporaryFolder('hearth-test-')
  chmodSync(home, 0o700)
  const project = newServer(home, 'project')
  const [moved, copy] = [newServer(home, 'moved'), newServer(home, 'copy')]
  afterAll(async () => {
    for (const { dir } of [moved, copy]) await resetPostgres(dir)
    await project.remove()
  })
  const isKept = async (url: string) =>
    expect(await query(url, "select to_regclass('kept') is not null as yes")).toEqual([{ yes: true }])

  test('runs the server as nobody, with its data under /var/lib', async () => {
    const { out } = await project.cli('url', 'app')
    await query(out, 'create table kept ()')
    expect(statSync(`/proc/${project.pid()}`).uid).toBe(65534)
    expect(readlinkSync(join(project.dir, 'postgres'))).toStartWith('/var/lib/dev-postgres/')
  })

  test('finds the data of a project that was moved', async () => {
    renameSync(project.dir, moved.dir)
    await isKept((await moved.cli('url', 'app')).out)
  })

  test('gives a copy of a project another server', async () => {
    expect(spawnSync('cp', ['-a', moved.dir, copy.dir]).status).toBe(0)
    const url = (await copy.cli('url', 'app')).out
    expect(await query(url, "select to_regclass('kept') as found")).toEqual([{ found: null }])
    await copy.cli('reset', '--yes')
    await isKept((await moved.cli('url', 'app')).out)
  })

  test('deletes the data under /var/lib as well', async () => {
    const link = join(moved.dir, 'postgres')
    const data = readlinkSync(link)
    await moved.cli('reset', '--yes')
    expect([existsSync(data), existsSync(link)]).toEqual([false, false])
  })

  test('starts with new data where a project was deleted, and sweeps what that project left', async () => {
    await project.cli('start')
    const left = readlinkSync(join(project.dir, 'postgres'))
    const pid = project.pid()
    rmSync(project.dir, { recursive: true })
    await project.cli('start')
    expect(readlinkSync(join(project.dir, 'postgres'))).not.toBe(left)

    const { out: list } = await project.cli('sweep')
    expect(list.split('\n')).toContain(left)
    expect([existsSync(left), isRunning(pid)]).toEqual([true, true])
    await project.cli('sweep', '--yes')
    expect([existsSync(left), isRunning(pid)]).toEqual([false, false])
    expect(await project.cli('status')).toMatchObject({ code: 0 })
  })
})

// It must be able to read this file.
const isTestable = process.getuid?.() === 0 && canEnter({ uid: ORDINARY }, import.meta.dir)

describe.skipIf(!isTestable)('an ordinary user', () => {
  const home = temporaryFolder('hearth-test-')
  chownSync(home, ORDINARY, ORDINARY)
  chmodSync(home, 0o700)
  const server = newServer(home)
  afterAll(server.remove)

  test('runs the server, and root can stop and start it', async () => {
    const { code, out } = asOrdinaryUser(home, 'url', 'app', '--dir', server.dir)
    expect([code, await query(out, 'select 1 as n')]).toEqual([0, [{ n: 1 }]])
    expect(statSync(`/proc/${server.pid()}`).uid).toBe(ORDINARY)
    expect((await server.cli('stop')).out).toBe('PostgreSQL stopped; its data is kept.')
    expect((await server.cli('url', 'app')).out).toBe(out)
    expect(statSync(`/proc/${server.pid()}`).uid).toBe(ORDINARY)
  })

  test('learns in one sentence that the data belongs to another user', async () => {
    chmodSync(home, 0o755)
    const ofRoot = newServer(home, 'of root')
    await ofRoot.cli('start')
    for (const command of ['url', 'stop', 'status']) {
      const { code, err } = asOrdinaryUser(home, command, '--dir', ofRoot.dir)
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^PostgreSQL can't keep its data in .* \(EACCES\): .*$/),
      ])
    }
    await resetPostgres(ofRoot.dir)
  })
})
