import { HttpError } from './errors.ts'
import { type Json, toParameter } from './parameters.ts'
import type { Credentials } from './pools.ts'
import type { Statement } from './statement.ts'

/** A statement and the form its rows are wanted in. */
export type Query = Statement & { arrayMode: boolean }

/** What the body of a request to /sql asks for: one statement, or several in one transaction. */
export type Payload = { kind: 'single'; query: Query } | { kind: 'batch'; queries: Query[] }

const MAX_PARAMETERS = 65_535 // Postgres counts them in 16 bits

/** Reads who asks from the header `Neon-Connection-String`. Host and port in it are of no account. Throws `HttpError`. */
export function readCredentials(headers: Headers): Credentials {
  if (headers.has('Authorization')) {
    throw new HttpError(400, 'authentication by JWT is not emulated: use a user and a password')
  }
  const text = headers.get('Neon-Connection-String')
  if (!text) throw new HttpError(400, 'invalid header: neon-connection-string')
  if (!URL.canParse(text)) throw new HttpError(400, 'invalid connection string')
  const url = new URL(text)
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new HttpError(400, 'incorrect scheme')
  const user = decode(url.username)
  if (!user) throw new HttpError(400, 'missing username')
  const password = decode(url.password)
  if (!password) throw new HttpError(400, 'missing authentication credentials: required password')
  const database = decode(url.pathname.split('/')[1] ?? '')
  if (!database) throw new HttpError(400, 'missing database name')
  const options = url.searchParams.get('options') ?? undefined
  const application_name = url.searchParams.get('application_name') ?? undefined
  const credentials = { user, password, database, options, application_name }
  if (Object.values(credentials).some((value) => value?.includes('\0'))) {
    throw new HttpError(400, 'invalid connection string')
  }
  return credentials
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(400, 'invalid connection string')
  }
}

/** Reads the body of a request to /sql. Throws `HttpError`: 413 above `maxBytes`, 400 for what is no payload. */
export async function readPayload(request: Request, maxBytes: number): Promise<Payload> {
  const bytes = await readBody(request, maxBytes)
  const arrayMode = request.headers.get('Neon-Array-Mode') === 'true'
  try {
    return toPayload(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), arrayMode)
  } catch (error) {
    if (error instanceof HttpError) throw error
    throw unreadable(error instanceof RangeError ? 'it is nested too deeply' : 'it is not JSON')
  }
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new HttpError(413, `request is too large (max is ${maxBytes} bytes)`)
  const announced = Number(request.headers.get('Content-Length') ?? Number.NaN)
  if (announced > maxBytes) throw tooLarge()
  if (announced >= 0) return request.bytes()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toPayload(body: unknown, arrayMode: boolean): Payload {
  if (!isObject(body)) throw unreadable('it is no object')
  if (body.query !== undefined) return { kind: 'single', query: toQuery(body, arrayMode) }
  if (!Array.isArray(body.queries)) throw unreadable('it has neither "query" nor "queries"')
  return { kind: 'batch', queries: body.queries.map((query) => toQuery(query, arrayMode)) }
}

function toQuery(query: unknown, arrayMode: boolean): Query {
  if (!isObject(query) || typeof query.query !== 'string') throw unreadable('"query" is no text')
  const { params = [], arrayMode: own = null } = query
  if (!Array.isArray(params)) throw unreadable('"params" is no array')
  if (params.length > MAX_PARAMETERS) throw unreadable(`there are more than ${MAX_PARAMETERS} "params"`)
  if (own !== null && typeof own !== 'boolean') throw unreadable('"arrayMode" is no boolean')
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
