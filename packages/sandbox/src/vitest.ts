import type { AnyDatabase } from './drizzle.ts'
import { Isolation } from './isolation.ts'
import type { TestServer } from './server.ts'

type Task = { name: string; suite?: Task | undefined }

/** What the sandbox needs of Vitest (4.1 or newer): `import * as vitest from 'vitest'` has it. */
export type VitestHooks = {
  aroundEach: (hook: (runTest: () => Promise<void>, context: { task: Task }) => Promise<void>) => void
  afterAll: (hook: () => Promise<void>) => void
}

/**
 * Gives every test of this process a sandbox on `server`, and returns the database that the app gets; to be called in a file
 * of `setupFiles`. Test files stay plain Vitest. Throws `SandboxError` as `TestServer.open` does.
 */
export async function sandboxEveryTest<Database extends AnyDatabase>(
  server: TestServer<Database>,
  { aroundEach, afterAll }: VitestHooks,
): Promise<Database> {
  const isolation = await Isolation.open(server, process.env.VITEST_POOL_ID)
  aroundEach(async (runTest, { task }) => {
    const sandbox = isolation.begin(fullName(task))
    try {
      await isolation.run(sandbox, runTest)
    } finally {
      await isolation.end(sandbox)
    }
  })
  afterAll(() => isolation.close())
  return isolation.db
}

const fullName = (task: Task): string => (task.suite ? `${fullName(task.suite)} > ${task.name}` : task.name)
