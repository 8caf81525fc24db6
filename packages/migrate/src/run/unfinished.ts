import { Refusal } from '../refusal.ts'
import { calling, flag } from '../wording.ts'
import { type Direction, scriptOf } from './run.ts'
import { currentOf, type Status } from './status.ts'

/**
 * Throws `unfinished` (exit code 2) when a migration stopped half way, unless `resumeAt` says where to take it up again in the same
 * direction: no record can say whether the statement that was running had its effect.
 */
export function checkUnfinished(status: Status, direction: Direction, resumeAt: number | undefined): void {
  const entry = status.entries.find(({ state }) => state === 'unfinished')
  const stopped = entry?.tracked?.unfinished
  if (!entry || !stopped) return
  const script = scriptOf(entry.migration, stopped.direction)
  const total = script.statements.length
  const isPlace = resumeAt !== undefined && resumeAt >= 1 && resumeAt <= total + 1
  if (isPlace && direction === stopped.direction) return
  const at = stopped.done + 1
  const line = script.statements[stopped.done]?.line
  throw new Refusal(
    'unfinished',
    `${entry.name} stopped half way ${stopped.direction}: ${stopped.done} of its ${total} statements are done, and number ${at}${line ? ` (${script.path}:${line})` : ''} may be. Look at the database (a broken CREATE INDEX CONCURRENTLY leaves an invalid index: drop it), then go on with ${calling(stopped.direction, { resume: at })}, or ${at + 1} where that one is done; or say where the database is with ${calling('stamp', { rev: currentOf(status)?.name ?? 'none' })} or \`${flag('rev', entry.name)}\`.`,
    2,
  )
}

/** Throws `usage` when there is nothing that `resumeAt` could mean. */
export function checkResume({ entries }: Status, resumeAt: number | undefined): void {
  if (resumeAt === undefined || entries.some(({ state }) => state === 'unfinished')) return
  throw new Refusal(
    'usage',
    `No migration stopped half way, so there is nothing to resume: leave ${flag('resume', 'N')} out.`,
  )
}
