import { DatabaseError } from 'pg'

/** A request that is answered with an error of the endpoint's own; `code` is a SQLSTATE where one fits. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

// The order and the names are Neon's; the driver copies them to its NeonDbError.
const FIELDS = [
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'severity',
  'where',
  'table',
  'column',
  'schema',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const

/** Neon's answer to a request that failed: every field of a Postgres error, null where it has none. */
export function errorResponse(error: unknown): Response {
  const { status, source } = classify(error)
  const fields = FIELDS.map((field) => [field, source[field] ?? null])
  return Response.json({ message: source.message, ...Object.fromEntries(fields) }, { status })
}

type Source = { message: string } & { [field in (typeof FIELDS)[number]]?: string | undefined }

// The driver reads the fields at status 400 only, so everything that Postgres says of a query has that status.
function classify(error: unknown): { status: number; source: Source } {
  if (error instanceof HttpError) {
    return { status: error.status, source: { message: error.message, code: error.code } }
  }
  if (error instanceof DatabaseError) return { status: 400, source: error }
  return { status: 500, source: { message: error instanceof Error ? error.message : String(error) } }
}

/** What connecting to Postgres failed with, as Neon's proxy reports it: the client's own mistakes have status 400. */
export function connectError(error: unknown, address: string): unknown {
  const isRefusal = error instanceof DatabaseError
  if (isRefusal && /^(28|3D)/.test(error.code ?? '')) return error
  const { message, code } = error as { message: string; code?: string }
  const reason = isRefusal ? message : (code ?? message)
  return new HttpError(
    500,
    `Could not connect to Postgres at ${address}: ${reason}`,
    isRefusal ? code : undefined,
  )
}
