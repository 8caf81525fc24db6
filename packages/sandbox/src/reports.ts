import { describeIntruder } from './activity.ts'
import type { Leaks } from './leaks.ts'
import { describeSurvivors } from './survivors.ts'

/** What a test is reported for, given what happened past the sandbox while it ran; each goes on from `The test "…"`. */
export function describeLeaks({ isLost, committed, intruders, survivors, created }: Leaks): string[] {
  const reports: string[] = []
  const [intruder] = intruders
  if (isLost) reports.push('lost its connection to the database. The next test gets another one.')
  if (committed)
    reports.push('ended its transaction itself, by a statement that the sandbox did not recognise.')
  if (intruder) {
    reports.push(
      `used the database past the sandbox: ${describeIntruder(intruder)}. Give the app the sandboxed \`db\` instead of its own.`,
    )
  }
  if (survivors.length > 0) {
    reports.push(`left rows behind: ${describeSurvivors(survivors)}. Something wrote past the sandbox.`)
  }
  if (created.length > 0) reports.push(`left tables behind: ${created.join(', ')}. They were dropped.`)
  return reports
}
