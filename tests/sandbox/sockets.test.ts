import { afterAll, describe, expect, test } from 'bun:test'
import { app } from '../../src/app.ts'
import { users } from '../../src/identity/table.ts'
import { db } from '../support/db.ts'
import { user } from '../support/factories.ts'
import { services } from '../support/http.ts'

const serve = () =>
  Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => app.fetch(request, services()) })
const register = (server: { url: URL }, username: string) =>
  fetch(new URL('/users', server.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: 'correct horse' }),
  })

describe('requests through a socket', () => {
  const shared = serve()
  afterAll(() => shared.stop(true))

  test.each([1, 2])('reach the test that runs, from a server started before, run %d', async () => {
    expect((await register(shared, 'alice')).status).toBe(201)
    expect(await db.$count(users)).toBe(1)
    await user()
    expect((await register(shared, 'alice')).status).toBe(409)
  })

  test.concurrent.each([1, 2, 3])(
    'reach the concurrent test that started the server, number %d',
    async (i) => {
      const own = serve()
      expect((await register(own, 'alice')).status).toBe(201)
      for (let n = 0; n < i; n++) await user()
      expect(await db.$count(users)).toBe(1 + i)
      await own.stop(true)
    },
  )
})
