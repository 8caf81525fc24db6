import { AssertionError } from 'node:assert'
import { type Answer, readAnswer, requestInit } from '../support/exchange.ts'
import { contradictions, type OpenApi, readDocument } from './document.ts'

/** Where the app runs: how to send it a request, and how to run a statement on its database for what no request can do. */
export type Host = {
  send: (path: string, init: RequestInit) => Promise<Response>
  query: (statement: string) => Promise<Record<string, unknown>[]>
}

/** A response, with the request in short for messages. */
export type Reply = Answer & { request: string }

/** Sends a request such as `POST /users`. Throws if the response contradicts the app's own OpenAPI document. */
export type Call = (request: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>

/** A registered user with a session; `call` sends the session's token. */
export type Member = { id: number; username: string; token: string; call: Call }

/** What a scenario can do with the app. `call` sends no token, `as` makes a `call` that sends one. */
export type Api = {
  document: OpenApi
  call: Call
  as: (token: string) => Call
  register: (fields?: object) => Promise<Reply>
  signIn: (username: string, password?: string, headers?: Record<string, string>) => Promise<Reply>
  member: () => Promise<Member>
  admin: () => Promise<Member>
  newAdmin: () => Promise<Member>
  query: Host['query']
}

/** What callers can rely on, each under a sentence. A scenario that throws has failed. */
export type Scenarios = Record<string, (api: Api) => Promise<void>>

/** The password of everybody who is registered without another one. */
export const PASSWORD = 'correct horse'

/** Returns the document that the app serves. */
export const documentOf = async ({ send }: Host): Promise<OpenApi> =>
  readDocument(await (await send('/openapi.json', {})).text())

let sequence = 0

/** Makes the vocabulary of scenarios for the app at `host`, which serves `document`. */
export function apiAt(host: Host, document: OpenApi): Api {
  const caller =
    (token?: string): Call =>
    async (request, body, headers) => {
      const [method = '', path = ''] = request.split(/ (.*)/s)
      const options = { body, ...(token && { token }), ...(headers && { headers }) }
      const answer = await readAnswer(await host.send(path, requestInit(method, options)))
      const faults = contradictions(document, method, path, answer)
      if (faults.length > 0) throw new AssertionError({ message: faults.join('\n') })
      return { ...answer, request: inShort(request, body) }
    }
  const call = caller()

  const named = () => ({ username: `member-${++sequence}`, password: PASSWORD })
  const register: Api['register'] = (fields) => call('POST /users', { ...named(), ...fields })
  const signIn: Api['signIn'] = (username, password = PASSWORD, headers) =>
    call('POST /sessions', { username, password }, headers)

  async function member(): Promise<Member> {
    const { id, username } = (await register()).body
    const { token } = (await signIn(username)).body
    return { id, username, token, call: caller(token) }
  }
  async function newAdmin(): Promise<Member> {
    const admin = await member()
    await host.query(`update users set role = 'admin' where id = ${admin.id}`) // HTTP alone cannot make the first one
    return admin
  }
  let firstAdmin: Promise<Member> | undefined
  const admin = () => {
    firstAdmin ??= newAdmin()
    return firstAdmin
  }
  return { document, call, as: caller, register, signIn, member, admin, newAdmin, query: host.query }
}

function inShort(request: string, body: unknown): string {
  const sent = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  return `${request} ${sent}`.trim().slice(0, 120)
}
