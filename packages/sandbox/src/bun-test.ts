import * as bunTest from 'bun:test'
import { expectConcurrent } from './current.ts'
import type { AnyDatabase } from './drizzle.ts'
import { intercept } from './intercept.ts'
import { Isolation } from './isolation.ts'
import type { Sandbox } from './sandbox.ts'
import type { TestServer } from './server.ts'

/**
 * Gives every test of this process a sandbox on `server`, and returns the database that the app gets; to be called once, in
 * a preload. Test files stay plain `bun:test`: the `test` that they import, or find as a global, is Bun's own, but runs each
 * body within its sandbox. Throws `SandboxError` as `TestServer.open` does.
 */
export async function sandboxEveryTest<Database extends AnyDatabase>(
  server: TestServer<Database>,
): Promise<Database> {
  const isolation = await Isolation.open(server, process.env.BUN_TEST_WORKER_ID)
  isolateBunTest(isolation)
  return isolation.db
}

/** Gives every test of this process a sandbox of `isolation`. */
export function isolateBunTest(isolation: Isolation): void {
  let alone: Sandbox | undefined

  bunTest.beforeEach(() => {
    alone = undefined
    try {
      // It runs after every hook of the file, and what it throws fails the test.
      bunTest.onTestFinished(() => isolation.end(sandbox))
    } catch {
      expectConcurrent(1) // one of several: they can't be told apart before their bodies run
      return
    }
    const sandbox = isolation.begin()
    alone = sandbox
  })

  bunTest.afterAll(() => isolation.close())

  const run = (sandbox: Sandbox, name: string, body: () => unknown): unknown => {
    sandbox.name = name
    const result = isolation.run(sandbox, body)
    if (!(result instanceof Object && 'then' in result)) return result
    // Drizzle's queries are thenables that run when they are awaited, and Bun awaits promises only. A body that fails after its
    // test timed out would be reported as an error of another test.
    const ended = isolation.run(sandbox, () => Promise.resolve(result))
    return ended.catch((error: unknown) => (sandbox.hasEnded ? new Promise(() => {}) : Promise.reject(error)))
  }
  const { test, describe } = intercept(bunTest.test, bunTest.describe, (name, body) => {
    if (alone) return run(alone, name, body)
    expectConcurrent(-1)
    const sandbox = isolation.begin(name)
    return Promise.try(() => run(sandbox, name, body)).finally(() => isolation.end(sandbox))
  })
  bunTest.mock.module('bun:test', () => ({ ...bunTest, test, it: test, describe }))
}
