import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { HttpError } from './errors.ts'
import { type Json, toParameter } from './parameters.ts'
import type { Credentials } from './pools.ts'
import { withoutNeonOptions } from './startup.ts'
import type { Statement } from './statement.ts'

/** The sender of a request: with a password for Postgres, or with a JWT. */
export type Caller =
  | { kind: 'password'; credentials: Credentials }
  | { kind: 'jwt'; token: string; role: string; database: string }

/** A statement and the form its rows are wanted in. */
export type Query = Statement & { arrayMode: boolean }

/** The body of a request to /sql: one statement, or several in one transaction. */
export type Payload = { kind: 'single'; query: Query } | { kind: 'batch'; queries: Query[] }

const MAX_PARAMETERS = 65_535 // Postgres counts them in 16 bits

/** Reads the sender from `Neon-Connection-String`, whose host and port do not count, and `Authorization`. Throws `HttpError`. */
export function readCaller(headers: IncomingHttpHeaders): Caller {
  const url = readConnectionString(headers['neon-connection-string'])
  const user = decode(url.username)
  if (!user) throw new HttpError(400, 'missing username')
  const database = decode(url.pathname.split('/')[1] ?? '')
  const { authorization } = headers
  if (authorization !== undefined) {
    const token = /^Bearer (.+)$/i.exec(authorization)?.[1]
    if (!token) throw new HttpError(400, 'missing authentication credentials: required Bearer JWT')
    return { kind: 'jwt', token, role: user, database: named(database) }
  }
  const password = decode(url.password)
  if (!password) throw new HttpError(400, 'missing authentication credentials: required password')
  const options = withoutNeonOptions(url.searchParams.get('options') ?? '') || undefined
  const application_name = url.searchParams.get('application_name') ?? undefined
  const credentials = { user, password, database: named(database), options, application_name }
  if (Object.values(credentials).some((value) => value?.includes('\0'))) {
    throw new HttpError(400, 'invalid connection string')
  }
  return { kind: 'password', credentials }
}

function readConnectionString(text: string | string[] | undefined): URL {
  if (!text) throw new HttpError(400, 'invalid header: neon-connection-string')
  if (Array.isArray(text) || !URL.canParse(text)) throw new HttpError(400, 'invalid connection string')
  const url = new URL(text)
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new HttpError(400, 'incorrect scheme')
  return url
}

function named(database: string): string {
  if (!database) throw new HttpError(400, 'missing database name')
  if (database.includes('\0')) throw new HttpError(400, 'invalid connection string')
  return database
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(400, 'invalid connection string')
  }
}

/** Reads the body of a request to /sql. Throws `HttpError`: 413 above `maxBytes`, 400 for a body that cannot be read. */
export async function readPayload(request: IncomingMessage, maxBytes: number): Promise<Payload> {
  const bytes = await readBody(request, maxBytes)
  const arrayMode = request.headers['neon-array-mode'] === 'true'
  try {
    return toPayload(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), arrayMode)
  } catch (error) {
    if (error instanceof HttpError) throw error
    throw unreadable(error instanceof RangeError ? 'it is nested too deeply' : 'it is not JSON')
  }
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new HttpError(413, `request is too large (max is ${maxBytes} bytes)`)
  const chunks: Buffer[] = []
  let length = 0
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > maxBytes) return reject(tooLarge())
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) reject(tooLarge())
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function toPayload(body: unknown, arrayMode: boolean): Payload {
  if (!isObject(body)) throw unreadable('it is not an object')
  if (body.query !== undefined) return { kind: 'single', query: toQuery(body, arrayMode) }
  if (!Array.isArray(body.queries)) throw unreadable('it has neither "query" nor "queries"')
  return { kind: 'batch', queries: body.queries.map((query) => toQuery(query, arrayMode)) }
}

function toQuery(query: unknown, arrayMode: boolean): Query {
  if (!isObject(query) || typeof query.query !== 'string') throw unreadable('"query" is not a text')
  const { params = [], arrayMode: own = null } = query
  if (!Array.isArray(params)) throw unreadable('"params" is not an array')
  if (params.length > MAX_PARAMETERS) throw unreadable(`there are more than ${MAX_PARAMETERS} "params"`)
  if (own !== null && typeof own !== 'boolean') throw unreadable('"arrayMode" is not a boolean')
  if (query.query.includes('\0')) throw unreadable('"query" contains a NUL character')
  const values = params.map(toParameter)
  if (![query.query, ...values].every((text) => text?.isWellFormed() ?? true)) {
    throw unreadable('a text contains half a surrogate pair')
  }
  return { text: query.query, values, arrayMode: own ?? arrayMode }
}

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const unreadable = (why: string) => new HttpError(400, `could not parse the HTTP request body: ${why}`)
