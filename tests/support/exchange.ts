/** What a test sends along: JSON, unless the body is text, bytes or a stream. */
export type Options = { body?: unknown; token?: string; headers?: Record<string, string> }

/** What came back. `keys` are the body's, sorted, so that a test sees what should not be there. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON the app answered, and asserts what it is
export type Answer = { status: number; headers: Headers; body: any; text: string; keys: string[] }

/** The request that `method` and `options` make, for `fetch` and for Hono's `app.request` alike. */
export function requestInit(method: string, { body, token, headers: given }: Options): RequestInit {
  const headers = new Headers(given)
  if (token) headers.set('Authorization', `Bearer ${token}`)
  if (body === undefined) return { method, headers }
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  return { method, headers, body: isRaw(body) ? body : JSON.stringify(body) }
}

/** Reads a response to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const isJson = headers.get('Content-Type')?.includes('json') && text !== ''
  const body = isJson ? JSON.parse(text) : undefined
  return { status, headers, body, text, keys: keysOf(body) }
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
export const USER_KEYS = [
  'createdAt',
  'email',
  'emailVerified',
  'id',
  'role',
  'suspended',
  'updatedAt',
  'username',
]
export const SESSION_KEYS = ['createdAt', 'current', 'id', 'ip', 'lastUsedAt', 'userAgent']
export const PROBLEM_KEYS = ['detail', 'instance', 'requestId', 'status', 'title', 'type']

/** The keys of an object, sorted. */
export const keysOf = (value: unknown): string[] =>
  value && typeof value === 'object' ? Object.keys(value).sort() : []

/** A body that is sent as it is. */
const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> | ReadableStream =>
  typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
