import { expect, test } from 'bun:test'
import { environment, textOf } from '../../../tests/support/processes.ts'

// The tests that depend on how a runtime does sockets, with the endpoints in processes of Node's.
const FILES = ['websocket', 'vanished', 'pressure', 'tls']

test('the same tests pass with the endpoint on Node', async () => {
  const files = FILES.map((name) => `./packages/neon-local/tests/${name}.test.ts`)
  const env = environment({ NEON_LOCAL_ON: 'node' })
  const child = Bun.spawn([process.execPath, 'test', '--timeout=20000', ...files], {
    env,
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const report = await textOf(child.stderr)
  expect(report.match(/^\(fail\).*$/gm) ?? []).toEqual([])
  expect(report).toMatch(/\n\s*0 fail\n/)
  expect(await child.exited).toBe(0)
}, 120_000)
