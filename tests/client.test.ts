import { describe, expect, test } from 'bun:test'
import { createClient, each, isProblem, ok, ProblemError } from '@hearth/client'
import { app } from '../src/app.ts'
import { keysOf, SESSION_KEYS, USER_KEYS } from './support/exchange.ts'
import { admin, PASSWORD, signedIn, user } from './support/factories.ts'
import { services } from './support/http.ts'

// The same app through the client that others install: that this file compiles is half of the test.
const inProcess = async (input: string | URL | Request, init?: RequestInit) =>
  app.request(String(input), init, services())
const connect = (token?: string) =>
  createClient('http://hearth.test', { token: token ?? null, fetch: inProcess })

describe('the typed client', () => {
  test('registers, signs in, reads and signs out', async () => {
    const tokens: (string | null)[] = []
    const client = createClient('http://hearth.test', { fetch: inProcess, onToken: (it) => tokens.push(it) })
    const created = await ok(client.api.users.$post({ json: { username: 'alice', password: PASSWORD } }))
    expect(keysOf(created)).toEqual(USER_KEYS)

    const { token, user: owner, ...rest } = await client.signIn({ username: 'Alice', password: PASSWORD })
    expect([owner, keysOf(rest), client.token]).toEqual([created, ['expiresAt'], token])
    expect(await ok(client.api.me.$get())).toEqual(created)
    const sessions = await ok(client.api.sessions.$get({ query: {} }))
    expect(sessions.items.map(keysOf)).toEqual([SESSION_KEYS])

    await client.signOut()
    expect([client.token, tokens]).toEqual([null, [token, null]])
    expect(await ok(client.api.me.$get()).catch((error) => isProblem(error, 'unauthenticated'))).toBe(true)
  })

  test('changes and deletes', async () => {
    const { user: alice, token } = await signedIn()
    const { api } = connect(token)
    const param = { id: String(alice.id) }
    const changed = await ok(api.users[':id'].$patch({ param, json: { email: 'a@example.org' } }))
    expect(changed.email).toBe('a@example.org')
    const json = { currentPassword: PASSWORD, newPassword: 'a better battery' }
    expect(await ok(api.me.password.$put({ json }))).toBeNull()
    expect((await api.users[':id'].$delete({ param })).status).toBe(204)
  })

  test('narrows a response by its status, and a problem by its code', async () => {
    const { user: alice } = await signedIn()
    const json = { username: alice.username, password: PASSWORD }
    const response = await connect().api.users.$post({ json })
    if (response.status !== 409) throw new Error(`responded with ${response.status}`)
    const { type, errors } = await response.json()
    const code: 'urn:hearth:problem:conflict' = type
    expect([code, errors?.map(({ pointer }) => pointer)]).toEqual([type, ['/username']])

    const failure = await ok(connect().api.users.$post({ json })).catch((error: unknown) => error)
    if (!isProblem(failure, 'conflict')) throw failure
    expect([failure.status, failure.code, failure.message]).toEqual([409, 'conflict', failure.problem.detail])
  })

  test('walks a list for admins, page by page', async () => {
    const boss = await signedIn(await admin())
    const others = [await user(), await user()]
    const { api } = connect(boss.token)
    const ids: number[] = []
    for await (const { id } of each((page) =>
      api.users.$get({ query: { ...page, limit: '1', sort: '-id' } }),
    ))
      ids.push(id)
    expect(ids).toEqual([...others.map(({ id }) => id).reverse(), boss.user.id])
  })

  test('forgets a token that is no longer valid', async () => {
    const { token } = await signedIn()
    await ok(connect(token).api.me.$delete())
    const client = connect(token)
    expect((await client.api.me.$get()).status).toBe(401)
    expect(client.token).toBeNull()
  })

  test('a wrong password keeps the token of the session that is open', async () => {
    const { token, user: alice } = await signedIn()
    const client = connect(token)
    const attempt = client.signIn({ username: alice.username, password: 'wrong' })
    expect(await attempt.catch((error) => error.code)).toBe('bad_credentials')
    expect(client.token).toBe(token)
  })

  test('reports a response that is not a problem', async () => {
    const fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })
    const client = createClient('http://hearth.test/api', { fetch })
    const error = await ok(client.api.health.$get()).catch((error) => error)
    expect([error instanceof ProblemError, error.code, error.status]).toEqual([
      true,
      'unexpected_response',
      502,
    ])
  })
})
