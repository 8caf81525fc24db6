import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { postgresStatus, removeAbandoned, temporaryFolder, temporaryPostgres } from '../src/index.ts'
import { isRunning } from '../src/process.ts'
import { newServer, query } from './support.ts'

setDefaultTimeout(60_000)
const prefix = `hearth-test-${process.pid}-`
const living = newServer(temporaryFolder(prefix))
afterAll(living.remove)

test('a temporary server is deleted when it is disposed of', async () => {
  let dir: string
  {
    await using server = await temporaryPostgres(['app'])
    dir = server.dir
    expect(await query(server.url('app'), 'select 1 as n')).toEqual([{ n: 1 }])
  }
  expect(existsSync(dir)).toBe(false)
})

test('what killed processes left behind is removed, and what living ones use is not', async () => {
  const script = `
    const { temporaryFolder, startPostgres } = await import('${join(import.meta.dir, '../src/index.ts')}')
    const folder = temporaryFolder('${prefix}')
    await startPostgres(folder + '/data', [], { say: () => {} })
    console.log(folder)
    process.kill(process.pid, 'SIGKILL')`
  const killed = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
  const folder = (await new Response(killed.stdout).text()).trim()
  const { server } = postgresStatus(join(folder, 'data')) ?? {}
  expect(server).toMatchObject({ status: 'ready' })

  await living.cli('start')
  expect(await removeAbandoned(prefix)).toEqual([folder])
  expect(existsSync(folder)).toBe(false)
  expect(isRunning(Number(server?.pid))).toBe(false)
  expect(await living.cli('status')).toMatchObject({ code: 0 })
})
