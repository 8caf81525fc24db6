import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownServer, run } from './support/processes.ts'

setDefaultTimeout(60_000)
const root = join(import.meta.dir, '..')
const server = ownServer()
afterAll(server.remove)

test('seeds are users of the app, and a second run adds only what is missing', async () => {
  const seed = (COUNT: string) => run('tools/seed.ts', [], { ...server.env, COUNT })
  expect((await seed('3')).out).toBe(
    'Created 3 of 3 users. The password of each is: correct horse battery staple',
  )
  expect((await seed('5')).out).toStartWith('Created 2 of 5 users.')
  const { app, address } = await server.startApp()
  const response = await fetch(`${address}/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'user-00005', password: 'correct horse battery staple' }),
  })
  app.kill()
  await app.exited
  expect(response.status).toBe(201)
})

test.each([
  ['a number that is not one', { COUNT: 'many' }, 1],
  ['a database that was named', { DATABASE_URL: 'postgres://a:hunter22@127.0.0.1:1/x' }, 2],
])('%s is refused in a sentence', async (_, env, exitCode) => {
  const { code, out, err } = await run('tools/seed.ts', [], { ...server.env, ...env })
  expect([code, out, err.split('\n').length]).toEqual([exitCode, '', 1])
  expect(err).not.toContain('hunter22')
})

test("Bun is fetched with the machine's npm settings", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
  const makefile = await Bun.file(join(root, 'Makefile')).text()
  const [command = ''] = /npm install --prefix \S+ --globalconfig "[^"]+"/.exec(makefile) ?? []
  const settings = join(folder, 'npmrc')
  await Bun.write(settings, 'cafile=/company.pem\n')
  const script = command
    .replace('npm install', 'npm config get cafile')
    .replace('$(BOOTSTRAP)', folder)
    .replaceAll('$$', '$')
  const env = { ...process.env, NPM_CONFIG_GLOBALCONFIG: settings }
  const { stdout } = Bun.spawnSync(['sh', '-c', script], { env, cwd: folder })
  rmSync(folder, { recursive: true })
  expect(stdout.toString().trim()).toBe('/company.pem')
})
