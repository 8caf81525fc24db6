import { AsyncLocalStorage } from 'node:async_hooks'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import type { AnyDatabase, AnyTransaction } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { guardTransaction } from './guard.ts'
import type { Sandbox } from './sandbox.ts'
import { isCleanUp } from './statements.ts'
import type { Target } from './target.ts'

const context = new AsyncLocalStorage<Target>()
const running = new Set<Sandbox>()
let expected = 0
let openTemporary: (() => Sandbox) | undefined

/** Runs `work` so that its statements, and those of whatever it starts, go to `target`. */
export function within<T>(target: Target, work: () => T): T {
  return context.run(target, work)
}

/** Says how to open a sandbox for what runs outside of any test. */
export function useTemporary(open: () => Sandbox): void {
  openTemporary = open
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
  if (!only) return outside
  if (another) throw unclear()
  return only
}

/** Notes that concurrent tests are about to begin: runners run their hooks before any of them can be told from the others. */
export function expectConcurrent(count: 1 | -1): void {
  expected += count
}

// Outside of the tests the database is as the blueprint made it. Clean-ups of suites that were written without the sandbox
// find nothing to delete, and reading changes nothing; both run in a transaction that is rolled back.
const outside: Target = {
  async statement<T>(query: string, run: (db: AnyDatabase) => Promise<T>): Promise<T> {
    admitCleanUp(query)
    return temporarily((sandbox) => sandbox.statement(query, run))
  },
  async transaction<T>(run: (tx: AnyTransaction) => Promise<T>, config?: PgTransactionConfig): Promise<T> {
    const guarded = (tx: AnyTransaction) =>
      run(guardTransaction(tx, { admit: admitCleanUp, around: (it) => it() }))
    return temporarily((sandbox) => sandbox.transaction(guarded, config))
  },
}

function admitCleanUp(query: string): void {
  if (!isCleanUp(query)) throw expected > 0 ? unclear() : misplaced()
}

async function temporarily<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  if (!openTemporary) throw misplaced()
  const sandbox = openTemporary()
  sandbox.name = '(outside of a test)'
  try {
    return await work(sandbox)
  } finally {
    await sandbox.end()
  }
}

const misplaced = () =>
  new SandboxError(
    'The database was written outside of a test, in `beforeAll` or at the top of a file: make what tests need in the test, or in `beforeEach`.',
  )

const unclear = () =>
  new SandboxError(
    'Several tests run at once (`test.concurrent` or `--concurrent`), and the database was used by `beforeEach`, another hook or a server that they share: it is not clear for which test. Do it inside each test, or run them one after the other.',
  )
