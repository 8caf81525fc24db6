import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DRIVERS, startProject } from './project.ts'

setDefaultTimeout(60_000)
const project = await startProject()
afterAll(() => project.remove())
const FILES = ['./good-tests.ts', './more-good-tests.ts']

test.each([
  [[], 10],
  [['--rerun-each', '3'], 30],
  [['--isolate'], 10],
  [['--parallel=2'], 10],
  [['--randomize'], 10],
  [['--concurrent'], 10],
])('bun test %j', async (flags, count) => {
  const { code, failed, passed, text } = await project.run([...FILES, ...flags])
  expect([code, failed, code === 0 ? '' : text]).toEqual([0, [], ''])
  expect(passed.length).toBe(count)
})

test.each(DRIVERS)(
  'a pool of one connection over %s is enough, also for tests that run at once',
  async (driver) => {
    const env = { TEST_DRIVER: driver, POOL_MAX: '1' }
    const { code, failed, text } = await project.run([...FILES, './clock-tests.ts', '--concurrent'], env)
    expect([code, failed, code === 0 ? '' : text]).toEqual([0, [], ''])
  },
)

test('bun test --bail stops at the first failure, and the next run starts clean', async () => {
  const bailed = await project.run([...FILES.toReversed(), '--bail'], { FAIL: 'yes' })
  expect([bailed.code, bailed.failed.length]).toEqual([1, 1])
  expect((await project.run(FILES)).code).toBe(0)
})

test('bun test --watch runs again after a change', async () => {
  const file = join(import.meta.dir, 'project/watched-tests.ts')
  await Bun.write(
    file,
    "import { test } from 'bun:test'\nimport { isClean } from './misuse.ts'\ntest('watched', isClean)\n",
  )
  const child = project.start(['./watched-tests.ts', '--watch', '--no-clear-screen'])
  let [printed, changes] = ['', 0]
  for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
    printed += chunk
    const runs = printed.match(/Ran 1 test/g)?.length ?? 0
    if (runs === 3) break
    if (runs > changes) {
      changes = runs
      appendFileSync(file, '\n')
    }
  }
  child.kill()
  rmSync(file)
  expect(printed.match(/\(pass\) watched/g)?.length).toBe(3)
  expect(printed).not.toContain('(fail)')
})
