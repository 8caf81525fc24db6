import { afterAll, afterEach, describe, expect, spyOn, test } from 'bun:test'
import { startNeonLocal } from '@hearth/neon-local'
import worker from '../src/entry/workers.ts'
import { freshDatabase } from './support/fresh-database.ts'

const database = await freshDatabase('workers')
const neon = await startNeonLocal({ upstream: database.url })
afterAll(async () => {
  await neon.stop()
  await database.drop()
})

const settings = {
  REGISTRATION: '',
  PASSWORD_MIN_LENGTH: '',
  PASSWORD_BLOCKLIST: '',
  PWNED_PASSWORDS: '',
  SESSION_DAYS: '',
  SESSION_MAX_DAYS: '',
  CORS_ORIGINS: '',
  LOG: 'off',
  ASSETS: { fetch: async () => new Response('asset') } as never,
  DATABASE_URL: neon.connectionString(),
}
const ask = async (env: Cloudflare.Env, path: string, init?: RequestInit) =>
  worker.fetch(new Request(`https://hearth.example.org${path}`, init), env, { waitUntil: () => {} })

describe('the Worker', () => {
  test('answers from its database, and takes the address from Cloudflare', async () => {
    expect((await ask(settings, '/ready')).status).toBe(200)
    const { username, password } = database.admin
    const signedIn = await ask(settings, '/sessions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '2001:db8::7' },
      body: JSON.stringify({ username, password }),
    })
    const { token } = (await signedIn.json()) as { token: string }
    const list = await ask(settings, '/sessions', { headers: { Authorization: `Bearer ${token}` } })
    expect(((await list.json()) as { items: object[] }).items).toMatchObject([{ ip: '2001:db8::7' }])
  })

  test('deletes by its cron trigger what has expired', async () => {
    await using sql = new Bun.SQL(database.url, { max: 1 })
    await sql`insert into rate_limits values ('name:recovered', now() - interval '1 day')`
    await worker.scheduled(null, settings)
    expect(await sql`select from rate_limits where key = 'name:recovered'`).toHaveLength(0)
  })

  test('answers 503 while its database is unreachable, and recovers', async () => {
    const away = { ...settings, DATABASE_URL: 'postgres://user:s3cret@127.0.0.1:1/none' }
    const answer = await ask(away, '/me', { headers: { Authorization: `Bearer ${'A'.repeat(43)}` } })
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(await answer.text()).not.toMatch(/s3cret|select/)
    expect((await ask(away, '/health')).status).toBe(200)
    expect((await ask(settings, '/ready')).status).toBe(200)
  })
})

describe('a Worker without proper settings', () => {
  const errors = spyOn(console, 'error').mockImplementation(() => {})
  afterEach(() => errors.mockClear())
  afterAll(() => errors.mockRestore())

  test.each([
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    [{ DATABASE_URL: 'mysql://u:s3cret@db/x' }, 'DATABASE_URL must look like'],
    [{ DATABASE_URL: 'postgres://db.example.org/x' }, 'DATABASE_URL must name a user'],
    [{ SESSION_DAYS: 'forever' }, 'SESSION_DAYS must be'],
  ])('%j answers 503 to everything, and says why in the log alone', async (mistake, reason) => {
    const env = { ...settings, ...mistake } as Cloudflare.Env
    for (const path of ['/health', '/me', '/nope']) {
      const answer = await ask(env, path)
      expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
      const problem = (await answer.json()) as { detail: string; requestId: string }
      expect([answer.status, answer.headers.get('Content-Type')]).toEqual([503, 'application/problem+json'])
      expect(problem).toMatchObject({ status: 503, detail: 'The service is not configured.' })
      expect(problem.requestId).toBe(answer.headers.get('X-Request-Id') ?? '')
    }
    expect(errors).toHaveBeenCalledTimes(3)
    expect(errors.mock.calls.flat().join()).toContain(reason)
    expect(errors.mock.calls.flat().join()).not.toContain('s3cret')
  })
})
