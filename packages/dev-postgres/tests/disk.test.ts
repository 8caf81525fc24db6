import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../src/index.ts'
import { newServer, query } from './support.ts'

setDefaultTimeout(60_000)
const AT_ONCE_MS = 10_000

/** A server whose folder is on a disk of so many megabytes, or null where this user may not mount one. */
function onSmallDisk(megabytes: number) {
  const parent = temporaryFolder('hearth-test-')
  const server = newServer(parent)
  mkdirSync(server.dir)
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', server.dir])
  afterAll(async () => {
    await server.cli('stop')
    if (mount.status === 0) spawnSync('umount', [server.dir])
    await server.remove()
  })
  return mount.status === 0 ? server : null
}

function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(join(folder, 'fill'), Buffer.alloc(bavail * bsize))
}

const tiny = onSmallDisk(10)
const small = onSmallDisk(120)

describe.skipIf(tiny === null || small === null)('a full disk is reported at once', () => {
  test('when the server is set up', async () => {
    const { code, err, ms } = (await tiny?.cli('url')) ?? {}
    expect([code, err]).toEqual([1, expect.stringContaining('is full: free 64 MB, then try again')])
    expect(err).not.toMatch(/^\s+at /m)
    expect(ms).toBeLessThan(AT_ONCE_MS)
    expect(await tiny?.cli('stop')).toMatchObject({ code: 0, out: 'PostgreSQL was not running.' })
  })

  test('when a database is created, when it starts, and not when it stops', async () => {
    const { out: url } = (await small?.cli('url', 'app')) ?? {}
    await query(String(url), 'create table kept as select 1 as n')
    fill(String(small?.dir))
    const report = { code: 1, err: expect.stringContaining('is full: free 64 MB, then try again') }
    expect(await small?.cli('url', 'another')).toMatchObject(report)
    expect(await small?.cli('stop')).toMatchObject({ code: 0, err: '' })
    const { ms, ...start } = (await small?.cli('url', 'app')) ?? {}
    expect(start).toMatchObject(report)
    expect(ms).toBeLessThan(AT_ONCE_MS)

    writeFileSync(join(String(small?.dir), 'fill'), '')
    expect((await small?.cli('url', 'app'))?.out).toBe(String(url))
    expect(await query(String(url), 'select n from kept')).toEqual([{ n: 1 }])
  })
})
