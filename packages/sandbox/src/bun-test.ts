import * as bunTest from 'bun:test'
import { begin, end, within } from './current.ts'
import type { AnyDatabase } from './drizzle.ts'
import { joined, type SandboxError } from './errors.ts'
import { intercept } from './intercept.ts'
import { ConnectionPool } from './pool.ts'
import { Sandbox } from './sandbox.ts'

/**
 * Gives every test of this process a sandbox over `db`; to be called once, in a preload. Test files stay plain `bun:test`:
 * the `test` that they import, or find as a global, is Bun's own, but runs each body within its sandbox. `close` is called
 * after the last test.
 */
export function sandboxEveryTest(db: AnyDatabase, close: () => Promise<void>): void {
  const pool = new ConnectionPool(db)
  const late: SandboxError[] = []
  const open = () => begin(new Sandbox(pool, (breach) => late.push(breach)))
  let alone: Sandbox | undefined

  bunTest.beforeEach(() => {
    alone = undefined
    try {
      // It runs after every hook of the file, and what it throws fails the test.
      bunTest.onTestFinished(() => end(sandbox))
    } catch {
      return // one of several concurrent tests: they can't be told apart before their bodies run
    }
    const sandbox = open()
    alone = sandbox
  })

  bunTest.afterAll(async () => {
    await pool.close()
    await close()
    if (late.length > 0) throw joined(late)
  })

  const { test, describe } = intercept(bunTest.test, bunTest.describe, (name, body) => {
    if (alone) return run(alone, name, body)
    const sandbox = open()
    return Promise.try(() => run(sandbox, name, body)).finally(() => end(sandbox))
  })
  bunTest.mock.module('bun:test', () => ({ ...bunTest, test, it: test, describe }))
}

function run(sandbox: Sandbox, name: string, body: () => unknown): unknown {
  sandbox.name = name
  const result = within(sandbox, body)
  // Drizzle's queries are thenables that run when they are awaited, and Bun awaits promises only.
  return result instanceof Object && 'then' in result
    ? within(sandbox, () => Promise.resolve(result))
    : result
}
