import type { FieldDef } from 'pg'
import type { Address } from './cancel.ts'
import { HttpError } from './errors.ts'
import { MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from './limits.ts'
import type { Pools } from './pools.ts'
import { type Query, readCredentials, readPayload } from './request.ts'
import { lend, type Session } from './session.ts'
import type { Outcome } from './statement.ts'
import { toJsonValues } from './values.ts'

/** Answers `POST /sql`. Throws `HttpError` and Postgres's errors; a client that goes away cancels what runs. */
export async function answerSql(request: Request, pools: Pools, upstream: Address): Promise<Response> {
  const credentials = readCredentials(request.headers)
  const transaction = readTransaction(request.headers)
  const rawText = request.headers.get('Neon-Raw-Text-Output') === 'true'
  const payload = await readPayload(request, MAX_REQUEST_BYTES)
  const session = lend(await pools.acquire(credentials), upstream, MAX_RESPONSE_BYTES)
  if (request.signal.aborted) session.cancel()
  request.signal.addEventListener('abort', session.cancel)
  try {
    if (payload.kind === 'single') {
      return Response.json(
        await toResult(session, payload.query, await session.runLast(payload.query), rawText),
      )
    }
    const results = await runBatch(session, transaction.begin, payload.queries, rawText)
    return Response.json({ results }, { headers: transaction.headers })
  } finally {
    request.signal.removeEventListener('abort', session.cancel)
    session.release()
  }
}

const ISOLATION_LEVELS = new Map([
  ['ReadUncommitted', 'read uncommitted'],
  ['ReadCommitted', 'read committed'],
  ['RepeatableRead', 'repeatable read'],
  ['Serializable', 'serializable'],
])

type Transaction = { begin: string; headers: Record<string, string> }

// Neon repeats in its answer which of the options it took.
function readTransaction(request: Headers): Transaction {
  const level = request.get('Neon-Batch-Isolation-Level')
  const isolation = ISOLATION_LEVELS.get(level ?? '')
  if (level !== null && !isolation) throw new HttpError(400, 'invalid isolation level')
  const headers: Record<string, string> = level === null ? {} : { 'Neon-Batch-Isolation-Level': level }
  const modes = isolation ? [`isolation level ${isolation}`] : []
  for (const [header, mode] of [
    ['Neon-Batch-Read-Only', 'read only'],
    ['Neon-Batch-Deferrable', 'deferrable'],
  ] as const) {
    if (request.get(header) !== 'true') continue
    headers[header] = 'true'
    modes.push(mode)
  }
  return { begin: `begin ${modes.join(', ')}`, headers }
}

async function runBatch(
  session: Session,
  begin: string,
  queries: Query[],
  rawText: boolean,
): Promise<Result[]> {
  await session.run({ text: begin, values: [] })
  const results: Result[] = []
  try {
    for (const query of queries) {
      results.push(await toResult(session, query, await session.run(query), rawText))
    }
  } catch (error) {
    await session.run({ text: 'rollback', values: [] }).catch(() => {}) // the first error is the one to report
    throw error
  }
  await session.runLast({ text: 'commit', values: [] })
  return results
}

type Result = {
  fields: FieldDef[]
  rows: unknown[]
  command: string
  rowCount: number | null
  rowAsArray: boolean
}

async function toResult(session: Session, query: Query, outcome: Outcome, rawText: boolean): Promise<Result> {
  const { fields, command, rowCount } = outcome
  const values = rawText ? outcome.rows : await toJsonValues(session, outcome)
  const rows = query.arrayMode
    ? values
    : values.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]])))
  return { fields, rows, command, rowCount, rowAsArray: query.arrayMode }
}
