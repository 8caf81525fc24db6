import type { Script, Statement } from '../script.ts'
import { explainFault } from './fault.ts'
import type { Run } from './run.ts'
import type { Session } from './session.ts'

const MENTION_EVERY_MS = 5_000

/** Runs one statement of a migration, and says so from time to time when it takes long. Throws `sql` and `busy`, which name its line. */
export async function runStatement(
  session: Session,
  run: Run,
  script: Script,
  statement: Statement,
): Promise<void> {
  const started = Date.now()
  const mention = () => {
    const seconds = Math.round((Date.now() - started) / 1000)
    run.say(`${script.path}:${statement.line} has been running for ${seconds} s …`)
  }
  const timer = setInterval(mention, MENTION_EVERY_MS)
  try {
    await session.query(statement.sql)
  } catch (error) {
    throw explainFault(error, script, statement, run)
  } finally {
    clearInterval(timer)
  }
}
