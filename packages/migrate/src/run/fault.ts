import { Refusal } from '../refusal.ts'
import type { Script, Statement } from '../script.ts'
import { isLost, sqlError } from '../sql-error.ts'
import { calling, flag } from '../wording.ts'
import type { Patience } from './migrator-lock.ts'

/**
 * Names the file, the line and the reason for which a statement of a migration failed, and what to do about it. Without a statement it is
 * the migration as a whole that failed.
 */
export function explainFault(
  thrown: unknown,
  script: Script,
  statement: Statement | null,
  { lockTimeoutMs }: Patience,
): Refusal {
  const { position } = thrown as { position?: string }
  const place = [script.path, statement && lineOf(statement, position)].filter(Boolean).join(':')
  if (sqlError(thrown)?.state === '55P03') {
    return new Refusal(
      'busy',
      `${place}: gave up after ${lockTimeoutMs / 1000} s of waiting for a lock that another session holds. Try again when it has finished, or wait longer with ${flag('lock-timeout', 60)} (seconds).`,
    )
  }
  return new Refusal('sql', `${place}: ${reasonOf(thrown)}`)
}

/** What a failed query says of itself, with a hint where there is one; values of rows are left out. */
export function reasonOf(thrown: unknown): string {
  const state = sqlError(thrown)?.state ?? ''
  const { message } = thrown as Error
  const hint = isLost(thrown) ? lost() : HINTS[state]
  // Messages of class 22 (data exceptions) and 23 (constraints) may quote a value, which may be anybody's secret.
  return [/^2[23]/.test(state) ? message.replace(/: ".*/s, '') : message, hint].filter(Boolean).join('. ')
}

// Appendix A of the PostgreSQL manual lists the states.
const HINTS: Record<string, string> = {
  '25001':
    'It runs outside a transaction only: begin the file with the line `-- hearth: no-transaction`, and put `--> statement-breakpoint` after each statement.',
  '55P04':
    'A new value of an enum can be used after its migration only: move what uses it into the next one.',
  '55P03': 'Another session holds a lock: try again when it has finished.',
  '40P01': 'It waited for a session that waited for it (a deadlock): try again.',
  '42501': "The database's user may not do this: run migrations as the owner of the tables.",
}

const lost = () => `The connection to the database was lost: look at ${calling('current')} before going on.`

function lineOf({ line, sql }: Statement, position: string | undefined): number {
  return line + sql.slice(0, Number(position ?? 0)).split('\n').length - 1
}
