/** What came back. `keys` are the body's, sorted, so that a scenario sees what should not be there. */
// biome-ignore lint/suspicious/noExplicitAny: a scenario reads whatever JSON the app answered, and asserts what it is
export type Answer = { status: number; headers: Headers; body: any; text: string; keys: string[] }

type Body = object | string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null
type Options = { body?: Body; token?: string; headers?: Record<string, string> }

/** A user as a scenario knows one: with the password and a token. */
export type Member = { id: number; username: string; password: string; token: string }

/** One running app as its callers see it. Everything here goes through `fetch`. */
export type Api = {
  call: (request: string, options?: Options) => Promise<Answer>
  signIn: (username: string, password: string) => Promise<Answer>
  member: () => Promise<Member>
  admin: Member
}

/** Makes the client of the app at `baseUrl`, signed in as the admin that its database was given. */
export async function connectTo(baseUrl: string, admin: Omit<Member, 'token'>): Promise<Api> {
  const call = (request: string, options?: Options) => send(baseUrl, request, options)
  const signIn = (username: string, password: string) =>
    call('POST /sessions', { body: { username, password } })
  let sequence = 0
  const member = async (): Promise<Member> => {
    const [username, password] = [`member-${++sequence}`, 'correct horse']
    const registered = await call('POST /users', { body: { username, password } })
    const { body } = await signIn(username, password)
    return { id: registered.body.id, username, password, token: body.token }
  }
  const { body } = await signIn(admin.username, admin.password)
  return { call, signIn, member, admin: { ...admin, token: body.token } }
}

async function send(baseUrl: string, request: string, options: Options = {}): Promise<Answer> {
  const [method = '', path = ''] = request.split(/ (.*)/)
  const headers = new Headers(options.headers)
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`)
  if (options.body !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json')
  const body = isRaw(options.body) ? options.body : JSON.stringify(options.body)
  const init = { method, headers, redirect: 'manual' as const, ...(body !== undefined && { body }) }
  const response = await fetch(baseUrl + path, init)
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '') && text !== ''
  const parsed = isJson ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, body: parsed, text, keys: keysOf(parsed) }
}

const isRaw = (body: Body | undefined) =>
  typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream

/** The keys of an object, sorted. */
export const keysOf = (value: unknown): string[] =>
  value && typeof value === 'object' ? Object.keys(value).sort() : []
