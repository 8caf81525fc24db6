import { sqlError } from '../../src/db/sql-error.ts'
import type { Patience } from './migrator-lock.ts'
import { Refusal } from './refusal.ts'
import type { Script, Statement } from './script.ts'

/** Names the file, the line and the reason for which a statement of a migration failed, and what to do about it. */
export function explainFault(
  thrown: unknown,
  script: Script,
  statement: Statement,
  { lockTimeoutMs }: Patience,
): Refusal {
  const fault = sqlError(thrown)
  const { message, position } = thrown as { message: string; position?: string }
  const line = statement.line + newlines(statement.sql.slice(0, Number(position ?? 0)))
  const place = `${script.path}:${line}`
  const state = fault?.state ?? ''
  if (state === '55P03') {
    return new Refusal(
      'busy',
      `${place}: gave up after ${lockTimeoutMs / 1000} s of waiting for a lock that another session holds. Try again when it has finished, or wait longer with LOCK_TIMEOUT=60 (seconds).`,
    )
  }
  const hint = HINTS[state] ?? (/^(08|57P)/.test(state) || !fault ? LOST : undefined)
  return new Refusal('sql', `${place}: ${withoutValues(state, message)}${hint ? `. ${hint}` : ''}`)
}

// Appendix A of the PostgreSQL manual lists the states.
const HINTS: Record<string, string> = {
  '25001':
    'It runs outside a transaction only: begin the file with the line `-- hearth: no-transaction`, and put `--> statement-breakpoint` after each statement.',
  '55P04':
    'A new value of an enum can be used after its migration only: move what uses it into the next one.',
  '40P01': 'It waited for a session that waited for it (a deadlock): try again.',
  '42501': "The database's user may not do this: run migrations as the owner of the tables.",
}

const LOST = 'The connection to the database was lost: look at `make migrate-current` before going on.'

// Messages of class 22 (data exceptions) and 23 (constraints) may quote a value of a row, which may be anybody's secret.
const withoutValues = (state: string, message: string): string =>
  /^2[23]/.test(state) ? message.replace(/: ".*/s, '') : message

const newlines = (text: string): number => text.split('\n').length - 1
