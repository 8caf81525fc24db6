import { AsyncLocalStorage } from 'node:async_hooks'
import { SandboxError } from './errors.ts'
import type { Sandbox } from './sandbox.ts'
import type { Target } from './target.ts'

const context = new AsyncLocalStorage<Target>()
const running = new Set<Sandbox>()

/** Runs `work` so that its statements, and those of whatever it starts, go to `target`. */
export function within<T>(target: Target, work: () => T): T {
  return context.run(target, work)
}

/** Counts a sandbox among those whose test runs. */
export function begin(sandbox: Sandbox): Sandbox {
  running.add(sandbox)
  return sandbox
}

/** Ends a sandbox with its test. Rejects as `Sandbox.end` does. */
export async function end(sandbox: Sandbox): Promise<void> {
  try {
    await sandbox.end()
  } finally {
    running.delete(sandbox)
  }
}

/**
 * Where a statement goes that is run now: to the test that started this chain of calls, or, where the chain began outside of
 * any test (a hook, a request through a socket), to the only test that runs. Throws `SandboxError` when that is not clear.
 */
export function currentTarget(): Target {
  const started = context.getStore()
  if (started) return started
  const [only, another] = running
  if (!only) {
    throw new SandboxError(
      'The database was used outside of a test: make what tests need in the test, or in beforeEach.',
    )
  }
  if (another) {
    throw new SandboxError(
      'The database was used by a hook or a server that several concurrent tests share, so it is not clear for which of them: make it inside each test.',
    )
  }
  return only
}
