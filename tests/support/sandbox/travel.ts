import { currentTarget } from './current.ts'
import { send } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { Sandbox } from './sandbox.ts'

/** A span of time; what is left out is zero, and what is negative leads back. */
export type Span = { days?: number; hours?: number; minutes?: number; seconds?: number }

/**
 * Moves the database's clock for the rest of the test: `now()`, in statements and in column defaults. Spans add up. Throws
 * `SandboxError` within `committed`, where statements come over many connections.
 */
export async function travel({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): Promise<void> {
  const target = currentTarget()
  if (!(target instanceof Sandbox)) throw new SandboxError('`travel` does not work within `committed`.')
  const span = `make_interval(days => ${days}, secs => ${hours * 3600 + minutes * 60 + seconds})`
  const query = `select set_config('sandbox.ahead', (sandbox.ahead() + ${span})::text, true)`
  await target.statement(query, (db) => send(db, query))
}
