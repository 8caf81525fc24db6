import { app } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import type { Services } from '../../src/http/env.ts'
import { db } from './db.ts'

/** The settings that tests run with: the defaults, but for a hash that costs next to nothing. */
export const config: Config = {
  ...loadConfig({ DATABASE_URL: 'postgres://unused/unused', LOG: 'off' }),
  scrypt: { N: 2, r: 1, p: 1 },
}

/** What the app is handed in tests; `changes` are settings of one test's own. */
export const services = (changes: Partial<Config> = {}): Services => ({
  db,
  config: { ...config, ...changes },
  ip: '192.0.2.1',
})

type Options = { body?: unknown; token?: string; headers?: Record<string, string>; with?: Services }

/** What came back. `keys` are the body's, sorted, so that a test sees what should not be there. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON the app answered, and asserts what it is
export type Answer = { status: number; headers: Headers; body: any; text: string; keys: string[] }

/**
 * Sends one request to the app, as JSON when there is a body, and reads the answer. Throws when an error is answered by
 * anything but a problem with exactly its keys, so that no test needs to look.
 */
export async function call(request: `${string} /${string}`, options: Options = {}): Promise<Answer> {
  const [method = '', path = ''] = request.split(/ (.*)/)
  const headers = new Headers(options.headers)
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`)
  if (options.body !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json')
  const body = isRaw(options.body) ? options.body : JSON.stringify(options.body)
  const response = await app.request(
    path,
    { method, headers, ...(body !== undefined && { body }) },
    options.with ?? services(),
  )
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.includes('json') && text !== ''
  const parsed = isJson ? JSON.parse(text) : undefined
  const { status } = response
  const answer = { status, headers: response.headers, body: parsed, text, keys: keysOf(parsed) }
  if (status >= 400 && !isProblem(answer))
    throw new Error(`${request} answered ${status} with no problem: ${text}`)
  return answer
}

/** Whether an answer is a problem (RFC 9457) that says of itself what the answer's head says, and nothing that it should not. */
export function isProblem({ status, headers, body, keys }: Answer): boolean {
  const fields: { pointer: string; detail: string }[] = body?.errors ?? []
  return (
    headers.get('Content-Type') === 'application/problem+json' &&
    Bun.deepEquals(
      keys.filter((key) => key !== 'errors'),
      PROBLEM_KEYS,
    ) &&
    fields.every((field) => Bun.deepEquals(keysOf(field), ['detail', 'pointer'])) &&
    body.status === status &&
    body.requestId === headers.get('X-Request-Id')
  )
}

/** The keys of a user, of a session and of a problem, as the contract lists them. */
export const USER_KEYS = ['createdAt', 'email', 'id', 'role', 'suspended', 'updatedAt', 'username']
export const SESSION_KEYS = ['createdAt', 'current', 'id', 'ip', 'lastUsedAt', 'userAgent']
export const PROBLEM_KEYS = ['detail', 'instance', 'requestId', 'status', 'title', 'type']

/** The keys of an object, sorted. */
export const keysOf = (value: unknown): string[] =>
  value && typeof value === 'object' ? Object.keys(value).sort() : []

/** A body that is sent as it is. */
const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
