import type { Hono } from 'hono'
import { hc } from 'hono/client'
import type { BlankEnv } from 'hono/types'
import type { Api } from './api.ts'
import { ok, type Success } from './response.ts'
import { type Fetch, type Retries, retrying } from './retry.ts'

/** The operations of the API by their path, as Hono's client calls them. */
export type Operations = ReturnType<typeof hc<Hono<BlankEnv, Api, '/'>>>

type SignIn = Operations['sessions']['$post']

/** What a client may be given besides the address of the API. */
export type Options = {
  /** The token of a session that was opened earlier. */
  token?: string | null
  /** Called with each new token, and with null when it is no longer valid: the place to store it. */
  onToken?: (token: string | null) => void
  /** How often a refused request is repeated; `false`: never. */
  retries?: Retries | false
  /** The `fetch` to send requests with. */
  fetch?: Fetch
}

/** A client of one API, signed in or not. */
export type Client = {
  /** The operations, such as `api.users.$get({ query: { limit: '50' } })`. */
  readonly api: Operations
  /** The token that requests are sent with. */
  readonly token: string | null
  /** Opens a session, and sends its token from now on. Throws `ProblemError`. */
  signIn: (credentials: Parameters<SignIn>[0]['json']) => Promise<Success<Awaited<ReturnType<SignIn>>>>
  /** Ends the session, and forgets the token. */
  signOut: () => Promise<void>
}

/** Makes a client for the API at `address`, which may have a path: `https://example.com/api`. */
export function createClient(address: string, options: Options = {}): Client {
  const { onToken, retries = {} } = options
  let token = options.token ?? null
  const send: Fetch = options.fetch ?? fetch
  const repeat = retries ? retrying(send, retries) : send

  function keep(next: string | null): void {
    if (next === token) return
    token = next
    onToken?.(next)
  }

  const authorised: Fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    const sent = headers.has('Authorization') ? null : token
    if (sent) headers.set('Authorization', `Bearer ${sent}`)
    const response = await repeat(input, { ...init, headers })
    // A token that expired or was revoked; unless another sign-in has replaced it meanwhile.
    if (response.status === 401 && sent && sent === token) keep(null)
    return response
  }

  const api = hc<Hono<BlankEnv, Api, '/'>>(address, { fetch: authorised })
  const anonymous = hc<Hono<BlankEnv, Api, '/'>>(address, { fetch: repeat })
  return {
    api,
    get token() {
      return token
    },
    async signIn(credentials) {
      const signedIn = await ok(anonymous.sessions.$post({ json: credentials }))
      keep(signedIn.token)
      return signedIn
    },
    async signOut() {
      if (token) await api.sessions.current.$delete()
      keep(null)
    },
  }
}
