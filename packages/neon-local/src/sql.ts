import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FieldDef } from 'pg'
import { HttpError } from './errors.ts'
import type { Admit } from './jwt.ts'
import { MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from './limits.ts'
import type { Pools } from './pools.ts'
import type { Reply } from './reply.ts'
import { type Query, readCaller, readPayload } from './request.ts'
import { lend, type Session } from './session.ts'
import type { Outcome } from './statement.ts'
import type { Upstream } from './upstream.ts'
import { toJsonValues } from './values.ts'

/**
 * Answers `POST /sql`. Throws `HttpError` and Postgres's errors. When `left` aborts, because the client went away, the
 * running query is cancelled.
 */
export async function answerSql(
  request: IncomingMessage,
  left: AbortSignal,
  { upstream, pools, admit }: { upstream: Upstream; pools: Pools; admit: Admit },
): Promise<Reply> {
  const caller = readCaller(request.headers)
  const transaction = readTransaction(request.headers)
  const rawText = request.headers['neon-raw-text-output'] === 'true'
  const payload = await readPayload(request, MAX_REQUEST_BYTES)
  const { credentials, prelude } = await admit(caller)
  const session = lend(await pools.acquire(credentials), upstream, MAX_RESPONSE_BYTES)
  if (left.aborted) session.cancel()
  left.addEventListener('abort', session.cancel)
  try {
    if (prelude) await session.run(prelude)
    if (payload.kind === 'single') {
      const outcome = await session.runLast(payload.query)
      return { status: 200, body: await toResult(session, payload.query, outcome, rawText) }
    }
    const results = await runBatch(session, transaction.begin, payload.queries, rawText)
    return { status: 200, headers: transaction.headers, body: { results } }
  } finally {
    left.removeEventListener('abort', session.cancel)
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

// Neon repeats in its response which of the options it applied.
function readTransaction(request: IncomingHttpHeaders): Transaction {
  const level = request['neon-batch-isolation-level']
  const isolation = ISOLATION_LEVELS.get(String(level))
  if (level !== undefined && !isolation) throw new HttpError(400, 'invalid isolation level')
  const headers: Record<string, string> = isolation ? { 'Neon-Batch-Isolation-Level': String(level) } : {}
  const modes = isolation ? [`isolation level ${isolation}`] : []
  for (const [header, mode] of [
    ['Neon-Batch-Read-Only', 'read only'],
    ['Neon-Batch-Deferrable', 'deferrable'],
  ] as const) {
    if (request[header.toLowerCase()] !== 'true') continue
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
