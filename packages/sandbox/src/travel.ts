import { currentTarget } from './current.ts'
import { send } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { Sandbox } from './sandbox.ts'

/** A span of time; what is left out is zero, and what is negative leads back. */
export type Span = { days?: number; hours?: number; minutes?: number; seconds?: number }

/**
 * Moves the database's clock for the rest of the test: `now()`, in statements and in column defaults. Spans add up. Throws
 * `SandboxError` within `onScratch`, where statements come over many connections.
 */
export async function travel({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): Promise<void> {
  const span = `make_interval(days => ${days}, secs => ${hours * 3600 + minutes * 60 + seconds})`
  await setClock('travel', `select set_config('sandbox.ahead', (sandbox.ahead() + ${span})::text, true)`)
}

/**
 * Stops the database's clock for the rest of the test, at a whole second, so that what a test counts or expects does not
 * depend on how fast the database is. `travel` still moves it. Throws as `travel` does.
 */
export async function freeze(): Promise<void> {
  const moment = `date_trunc('second', statement_timestamp())`
  await setClock('freeze', `select set_config('sandbox.frozen_at', ${moment}::text, true)`)
}

async function setClock(name: string, query: string): Promise<void> {
  const target = currentTarget()
  if (!(target instanceof Sandbox)) throw new SandboxError(`\`${name}\` does not work within \`onScratch\`.`)
  await target.statement(query, (db) => send(db, query))
}
