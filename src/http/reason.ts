import { explainRefusal, queryFault, sqlError } from '../db/sql-error.ts'
import type { Stage, Work } from '../db/work.ts'
import { AppError } from '../errors.ts'
import { CLIENT_LEFT } from './deadline.ts'
import { problems } from './problem.ts'

/** Why a request was not answered as its caller wished, for the log: no value of a row, a parameter or a body. */
export type Reason = {
  /** The error code, for errors of the caller's. */
  problem?: string
  /** Where an error of ours began: what the request waited for when it ended. */
  stage?: Stage | 'lock' | 'body' | 'client'
  /** What the database reported (PostgreSQL manual, appendix A). */
  sqlstate?: string
  /** A sentence for the operator, or the place in the code. */
  fault?: string
}

/** Says why `thrown` was answered with `status`; `work` is the request's, if it got that far. */
export function reasonOf(thrown: Error, status: number, work: Work | undefined): Reason {
  const cause = queryFault(thrown)
  const state = sqlError(thrown)?.state
  const problem = cause instanceof AppError ? cause.code : undefined
  return {
    ...(problem && status < 500 && { problem }),
    ...(state && { sqlstate: state }),
    ...(status >= 500 && { fault: describe(thrown, cause) }),
    ...stageOf(cause, state, thrown !== cause, work),
  }
}

function stageOf(
  cause: unknown,
  state: string | undefined,
  isQuery: boolean,
  work?: Work,
): Pick<Reason, 'stage'> {
  if (cause === CLIENT_LEFT) return { stage: 'client' }
  if (cause instanceof AppError && problems[cause.code].status === 408) return { stage: 'body' }
  if (cause instanceof AppError && cause.code !== 'unavailable') return {}
  if (state === '55P03') return { stage: 'lock' }
  if (state || isQuery) return { stage: work?.stage ?? 'query' }
  return work?.stage ? { stage: work.stage } : {}
}

// Messages of the database quote the values of rows and parameters, so only codes and our own advice are logged.
function describe(thrown: Error, cause: unknown): string {
  if (cause instanceof AppError) return cause.extras.reason ?? cause.message
  const sql = sqlError(thrown)
  if (sql) {
    const advice = explainRefusal(thrown)
    return `SQLSTATE ${sql.state}${sql.constraint ? ` (${sql.constraint})` : ''}${advice ? `: ${advice}` : ''}`
  }
  if (cause !== thrown) return `database: ${(cause as { code?: unknown } | undefined)?.code ?? 'no answer'}`
  return thrown.stack ?? thrown.name
}
