import { type Answer, type Options, readAnswer, requestInit } from '../support/exchange.ts'

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
  const { body } = await signIn(admin.username, admin.password)
  let sequence = 0
  const member = async (): Promise<Member> => {
    const [username, password] = [`member-${++sequence}`, 'correct horse']
    // As the admin, whose registrations are not limited.
    const registered = await call('POST /users', { token: body.token, body: { username, password } })
    const signedIn = await signIn(username, password)
    return { id: registered.body.id, username, password, token: signedIn.body.token }
  }
  return { call, signIn, member, admin: { ...admin, token: body.token } }
}

async function send(baseUrl: string, request: string, options: Options = {}): Promise<Answer> {
  const [method = '', path = ''] = request.split(/ (.*)/)
  return readAnswer(await fetch(baseUrl + path, { ...requestInit(method, options), redirect: 'manual' }))
}
