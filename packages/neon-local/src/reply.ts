import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { DatabaseError } from 'pg'
import { HttpError } from './errors.ts'

/** A response to an HTTP request, before it is written: `body` becomes JSON. */
export type Reply = { status: number; headers?: Record<string, string>; body?: unknown }

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

/** Neon's response to a request that failed: every field of a Postgres error, null where it has none. */
export function errorReply(error: unknown): Reply {
  const { status, source } = classify(error)
  const fields = FIELDS.map((field) => [field, source[field] ?? null])
  return { status, body: { message: source.message, ...Object.fromEntries(fields) } }
}

type Source = { message: string } & { [field in (typeof FIELDS)[number]]?: string | undefined }

// The driver reads the fields at status 400 only, so every error of a query has that status.
function classify(error: unknown): { status: number; source: Source } {
  if (error instanceof HttpError) {
    return { status: error.status, source: { message: error.message, code: error.code } }
  }
  if (error instanceof DatabaseError) return { status: 400, source: error }
  return { status: 500, source: { message: error instanceof Error ? error.message : String(error) } }
}

/** Writes a reply to a connection that no HTTP server handles, and closes it. */
export function writeRaw(socket: Duplex, { status, body }: Reply): void {
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ]
  socket.resume() // unread bytes would reset the connection before the client has the reply
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}
