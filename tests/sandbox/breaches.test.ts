import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { hasTransactions } from '../support/db.ts'

const project = join(import.meta.dir, '../..')

/** Runs the deliberately bad tests in a process and on a database of their own; returns what Bun reports. */
async function runBadTests(): Promise<{ exitCode: number; report: string }> {
  const child = Bun.spawn([process.execPath, 'test', './tests/fixtures/bad-tests.ts'], {
    cwd: project,
    env: { ...process.env, BUN_TEST_WORKER_ID: 'bad', NO_COLOR: '1' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const report = await new Response(child.stderr).text()
  return { exitCode: await child.exited, report }
}

const { exitCode, report } = await runBadTests()
const failed = report.match(/(?<=^\(fail\) ).*?(?= \[|$)/gm) ?? []

function isReported(name: string, reason: string) {
  expect(failed).toContain(name)
  expect(report).toContain(`The test "${name}" ${reason}`)
}

describe('a test that breaks the rules', () => {
  test.each([
    ['a query is still running at the end', 'ended while a query was still running'],
    ['control: commit', 'ran `commit`'],
    ['control: ROLLBACK', 'ran `ROLLBACK`'],
    ['control: begin', 'ran `begin`'],
    ['control: select 1; end', 'ran `end`'],
    ['control: /* so */ abort', 'ran `abort`'],
    ['control: savepoint mine', 'ran `savepoint mine`'],
    ['rows survive', 'left rows behind: users (1 row)'],
    ['a breach that the test ends with', 'ran `commit`'],
    ['concurrent, still running', ''],
  ])('fails by name: %s', isReported)

  test.skipIf(!hasTransactions).each([
    ['db inside db.transaction', 'used `db` inside `db.transaction`'],
    ['commit inside db.transaction', 'ran `commit`'],
  ])('fails by name: %s', isReported)

  test('is named when its query comes after its end, and nobody else fails for it', () => {
    expect(report).toContain('The test "a query comes after the end" is over, but a query of it came later')
    expect(exitCode).toBe(1)
  })

  test('does not disturb the others', () => {
    const passed: string[] = report.match(/(?<=^\(pass\) )good \d/gm) ?? []
    expect(passed.sort()).toEqual(Array.from({ length: 9 }, (_, i) => `good ${i + 1}`))
  })
})
