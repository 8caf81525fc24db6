import { afterAll } from 'bun:test'
import { SandboxError } from '@hearth/sandbox'
import { isolateBunTest } from '@hearth/sandbox/bun-test'
import { ToolError } from '../../tools/error.ts'

// Without a database no test can run: that is one sentence, not a failure of every file.
const { isolation, stopDriver } = await import('./db.ts').catch((error: unknown) => {
  if (!(error instanceof ToolError || error instanceof SandboxError)) throw error
  console.error(error.message)
  process.exit(1)
})

isolateBunTest(isolation)
afterAll(stopDriver)
