import { type Call, type Member, PASSWORD } from './api.ts'

/**
 * The callers of the authorisation table. Each acts on a user and one of its sessions: on its own if it has or had a session,
 * so that a dead token is the only reason to refuse it, and on another user's if it is `other`, `admin` or not signed in.
 */
export const CALLERS = [
  'nobody', // sends no token
  'malformed', // sends a token of the wrong form
  'unknown', // sends a token that was never issued
  'ended', // signed out
  'expired', // has an expired session
  'suspended',
  'user',
  'other',
  'admin',
] as const
export type Caller = (typeof CALLERS)[number]

type Statuses = readonly [number, number, number, number, number, number, number, number, number]

/** The authorisation table: the status of every route for each caller. A route that is missing here fails the tests. */
// biome-ignore format: a table
export const ACCESS: Record<string, Statuses> = {
  //                         nobody malf. unkn. ended expir. susp. user other admin
  'GET /health':             [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /ready':              [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /openapi.json':       [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs':               [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/page.css':      [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/icon.svg':       [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/dom.js':         [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/operation.js':   [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/request.js':     [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/schema.js':      [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /':                    [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /favicon.ico':         [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /docs/page.js':       [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /account':            [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /account/page.css':   [200,  200,  200,  200,  200,   200,  200, 200,  200],
  'GET /account/page.js':    [200,  200,  200,  200,  200,   200,  200, 200,  200],

  'POST /users':             [201,  201,  201,  201,  201,   201,  201, 201,  201],
  'GET /users':              [401,  401,  401,  401,  401,   401,  403, 403,  200],
  'GET /users/{id}':         [401,  401,  401,  401,  401,   401,  200, 404,  200],
  'PATCH /users/{id}':       [401,  401,  401,  401,  401,   401,  200, 404,  200],
  'DELETE /users/{id}':      [401,  401,  401,  401,  401,   401,  204, 404,  204],
  'POST /users/{id}/password-reset':
                             [401,  401,  401,  401,  401,   401,  403, 403,  201],
  'GET /users/{id}/sessions':
                             [401,  401,  401,  401,  401,   401,  403, 403,  200],
  'DELETE /users/{id}/sessions':
                             [401,  401,  401,  401,  401,   401,  403, 403,  204],
  'DELETE /users/{id}/sessions/{sessionId}':
                             [401,  401,  401,  401,  401,   401,  403, 403,  204],

  'GET /me':                 [401,  401,  401,  401,  401,   401,  200, 200,  200],
  'GET /me/export':          [401,  401,  401,  401,  401,   401,  200, 200,  200],
  'PATCH /me':               [401,  401,  401,  401,  401,   401,  200, 200,  200],
  'DELETE /me':              [401,  401,  401,  401,  401,   401,  204, 204,  204],
  'PUT /me/password':        [401,  401,  401,  401,  401,   401,  204, 204,  204],
  // They have no address to confirm.
  'POST /me/email-verification':
                             [401,  401,  401,  401,  401,   401,  409, 409,  409],

  'POST /password-resets':   [202,  202,  202,  202,  202,   202,  202, 202,  202],
  // Their tokens are made up.
  'PUT /password-resets/{token}':
                             [404,  404,  404,  404,  404,   404,  404, 404,  404],
  'PUT /email-verifications/{token}':
                             [404,  404,  404,  404,  404,   404,  404, 404,  404],

  'POST /sessions':          [201,  201,  201,  201,  201,   403,  201, 201,  201],
  'GET /sessions':           [401,  401,  401,  401,  401,   401,  200, 200,  200],
  'DELETE /sessions':        [401,  401,  401,  401,  401,   401,  204, 204,  204],
  'POST /sessions/current/confirmation':
                             [401,  401,  401,  401,  401,   401,  200, 200,  200],
  'DELETE /sessions/current':[401,  401,  401,  401,  401,   401,  204, 204,  204],
  'DELETE /sessions/{id}':   [401,  401,  401,  401,  401,   401,  204, 404,  404],
}

let sequence = 0
const newEmail = () => `changed-${++sequence}@example.org`

/** Valid bodies: a request that is refused for its body proves nothing. `target` is the user that the caller acts on. */
export const BODIES: Record<string, (target: Member) => object> = {
  'POST /users': () => ({ username: `newcomer-${++sequence}`, password: PASSWORD }),
  'PATCH /users/{id}': () => ({ email: newEmail() }),
  'PATCH /me': () => ({ email: newEmail() }),
  'PUT /me/password': () => ({ currentPassword: PASSWORD, newPassword: 'a better battery' }),
  'POST /password-resets': ({ username }) => ({ username }),
  'PUT /password-resets/{token}': () => ({ newPassword: 'a better battery' }),
  'POST /sessions/current/confirmation': () => ({ password: PASSWORD }),
  'POST /sessions': ({ username }) => ({ username, password: PASSWORD }),
}

/** What `target` owns, for the parameters of paths. It is looked up or created while the target can still sign in. */
export const IDS: Record<string, (target: Member) => number | string | Promise<number>> = {
  'users/{id}': ({ id }) => id,
  'sessions/{sessionId}': ({ call }) => currentSession(call),
  'sessions/{id}': ({ call }) => currentSession(call),
  'password-resets/{token}': () => 'A'.repeat(43),
  'email-verifications/{token}': () => 'A'.repeat(43),
}

/** Returns the id of the session that `call` uses. */
export async function currentSession(call: Call): Promise<number> {
  const { items } = (await call('GET /sessions')).body
  return items.find(({ current }: { current: boolean }) => current).id
}
