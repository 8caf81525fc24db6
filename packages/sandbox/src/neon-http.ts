import { DrizzleQueryError } from 'drizzle-orm/errors'
import { currentTarget } from './current.ts'
import { type AnyDatabase, internals } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { rewriteClock } from './statements.ts'

type Query = { query: string; params: unknown[] }
type Request = { method: string; body: string; headers: Record<string, string> }

/**
 * Makes a replacement for `fetch` in Neon's driver (`neonConfig.fetchFunction`): a statement or a batch that the driver sends to
 * `endpoint` runs in the current test, on a connection of `drizzle-orm/neon-serverless`, and is answered as Neon's proxy
 * does. Everything else of the HTTP driver is the real one; other addresses get what they get from `fetch`.
 */
export function fetchInSandbox(endpoint: string) {
  return async (url: string, init: Request): Promise<Response> => {
    if (url !== endpoint) return fetch(url, init)
    try {
      return Response.json(await answer(init))
    } catch (error) {
      if (error instanceof SandboxError) throw error
      return Response.json(describeError(failure(error)), { status: 400 })
    }
  }
}

async function answer({ body, headers }: Request): Promise<object> {
  const arrayMode = headers['Neon-Array-Mode'] === 'true'
  const request = JSON.parse(body) as Query | { queries: Query[] }
  if (!('queries' in request)) {
    return currentTarget().statement(request.query, (db) => run(db, request, arrayMode))
  }
  const isReadOnly = headers['Neon-Batch-Read-Only'] === 'true'
  return currentTarget().transaction(
    async (tx) => {
      const results = []
      for (const query of request.queries) results.push(await run(tx, query, arrayMode))
      return { results }
    },
    isReadOnly ? { accessMode: 'read only' } : {},
  )
}

type Client = {
  query(config: object): Promise<{ fields: object[]; rows: unknown[]; rowCount: number; command: string }>
}

async function run(db: AnyDatabase, { query, params }: Query, arrayMode: boolean) {
  const { session } = internals(db)
  session.prepareQuery({ sql: query, params: [] }, undefined, undefined, arrayMode) // lets the sandbox see it
  const { client } = session as unknown as { client: Client }
  const result = await client.query({
    text: rewriteClock(query),
    values: params,
    ...(arrayMode && { rowMode: 'array' }),
    types: { getTypeParser: () => (text: unknown) => text }, // raw text: parsing is the HTTP driver's part
  })
  if (Array.isArray(result)) throw severalStatements()
  const { fields, rows, rowCount, command } = result
  return { fields, rows, rowCount, command, rowAsArray: arrayMode }
}

// What Neon's proxy answers, since it prepares every statement; over a session, one without parameters is not prepared.
const severalStatements = () =>
  Object.assign(new Error('cannot insert multiple commands into a prepared statement'), {
    code: '42601',
    severity: 'ERROR',
  })

type Failure = { message: string; [field: string]: unknown }

const failure = (error: unknown) =>
  (error instanceof DrizzleQueryError ? error.cause : error) as unknown as Failure

// Postgres's fields, by the names that the driver copies to its NeonDbError.
const FIELDS = [
  'code',
  'detail',
  'hint',
  'position',
  'severity',
  'where',
  'table',
  'column',
  'schema',
  'dataType',
  'constraint',
]

function describeError(error: Failure) {
  const fields = FIELDS.map((field) => [field, error[field]])
  return {
    message: error.message,
    ...Object.fromEntries(fields.filter(([, value]) => typeof value === 'string')),
  }
}
