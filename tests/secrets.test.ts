import { afterEach, describe, expect, spyOn, test } from 'bun:test'
import type { Db } from '../src/db/db.ts'
import { connect } from '../src/db/postgres-js.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

// A port where nothing listens: every query fails, with all its parameters in Drizzle's message.
const away = (): Db => connect('postgres://nobody:s3cret@127.0.0.1:1/none').db
const lines = spyOn(console, 'log').mockImplementation(() => {})
const logged = () => lines.mock.calls.flat().join('\n')

afterEach(() => {
  lines.mockClear()
})

describe('the log', () => {
  test.each(['json', 'pretty'] as const)(
    'as %s has a line a request and an event, and no secret in it',
    async (log) => {
      const logging = { with: services({ log }) }
      const { username } = await user()
      const { body } = await call('POST /sessions', {
        body: { username, password: PASSWORD },
        ...logging,
      })
      await call('GET /sessions?cursor=queryvalue', { token: body.token, ...logging })
      await call('PUT /me/password', {
        token: body.token,
        body: { currentPassword: PASSWORD, newPassword: 'newsecret' },
        ...logging,
      })
      expect(lines).toHaveBeenCalledTimes(5) // three requests, a sign-in and a new password
      for (const secret of [PASSWORD, 'newsecret', body.token, 'queryvalue', '$scrypt', username])
        expect(logged()).not.toContain(secret)
    },
  )

  test('names method, route, status, time and request id', async () => {
    await call('GET /users/7', {
      token: (await signedIn()).token,
      headers: { 'X-Request-Id': 'abc' },
      with: services({ log: 'json' }),
    })
    const entry = JSON.parse(logged())
    expect(entry).toMatchObject({ method: 'GET', route: '/users/:id', status: 404, requestId: 'abc' })
    expect(Object.keys(entry)).toEqual([
      'time',
      'method',
      'route',
      'status',
      'ms',
      'requestId',
      'user',
      'problem',
    ])
  })

  test('can be off', async () => {
    await call('GET /health')
    expect(lines).not.toHaveBeenCalled()
  })
})

describe('without a database', () => {
  test('requests get 503 and no detail; the log gets a reason and no parameter', async () => {
    const broken = { with: { ...services({ log: 'json' }), db: away() } }
    const answers = [
      await call('POST /users', {
        body: { username: 'alice', password: PASSWORD, email: 'a@example.org' },
        ...broken,
      }),
      await call('POST /sessions', { body: { username: 'alice', password: PASSWORD }, ...broken }),
      await call('GET /me', { token: 'A'.repeat(43), ...broken }),
      await call('GET /ready', broken),
    ]
    for (const { status, headers, text } of answers) {
      expect(status).toBe(503)
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
      for (const secret of [PASSWORD, 's3cret', '$scrypt', 'insert', 'select', 'a@example.org'])
        expect(text + logged()).not.toContain(secret)
    }
    expect(logged()).toContain('"fault":"database: ECONNREFUSED"')
    expect((await call('GET /health', broken)).status).toBe(200)
  })

  test('an unforeseen fault says nothing of itself', async () => {
    const db = new Proxy({} as Db, {
      get: () => () => {
        throw new TypeError('internals')
      },
    })
    const answer = await call('GET /me', {
      token: 'A'.repeat(43),
      with: { ...services({ log: 'json' }), db },
    })
    expect([answer.status, answer.body.detail]).toEqual([500, 'Something went wrong on our side.'])
    expect(answer.text).not.toContain('internals')
    expect(logged()).toContain('internals')
  })
})
