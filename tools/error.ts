import { DevPostgresError } from '@hearth/dev-postgres'
import { Refusal } from '@hearth/migrate'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { explainRefusal, sqlError } from '../src/db/sql-error.ts'
import { AppError } from '../src/errors.ts'

/** A mistake or an obstacle that the person at the terminal can fix: one sentence, shown without a stack trace. */
export class ToolError extends Error {
  override name = 'ToolError'
  /** 1: it failed. 2: nothing was done, because a person must decide first. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

const SENTENCES = [ToolError, AppError, DevPostgresError, Refusal]

/**
 * Runs a command's body; what it returns becomes the exit code. A `ToolError`, an `AppError`, a package's error, a database that can't be used or that refuses the app's query becomes a sentence on stderr and an exit code; anything else keeps its stack.
 */
export async function runTool(body: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    const isSentence = error instanceof Error && SENTENCES.some((kind) => error instanceof kind)
    const sentence = isSentence ? error.message : (explainRefusal(error) ?? withoutValues(error))
    if (sentence === null) throw error
    console.error(sentence)
    process.exit(error instanceof ToolError || error instanceof Refusal ? error.exitCode : 1) // at once: under --watch, Bun would wait for a change of the code
  }
}

// The messages of the database and of Drizzle quote rows and parameters, hashes among them.
function withoutValues(error: unknown): string | null {
  const { state, constraint } = (error instanceof DrizzleQueryError && sqlError(error)) || {}
  return state ? `The database refuses this: SQLSTATE ${state}${constraint ? ` (${constraint})` : ''}.` : null
}
