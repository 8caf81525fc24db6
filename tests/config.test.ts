import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../src/config.ts'
import { databaseUrl } from '../tools/databases.ts'

const DATABASE_URL = 'postgres://user:secret@db.example.org/backend_db'

describe('the settings', () => {
  test('have a default, but for the database', () => {
    expect(loadConfig({ DATABASE_URL, PORT: '' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      registration: 'open',
      passwordMinLength: 6,
      sessionDays: 30,
      corsOrigins: [],
      log: 'json',
    })
  })

  test('are read', () => {
    const env = {
      DATABASE_URL,
      PORT: '80',
      REGISTRATION: 'closed',
      PASSWORD_MIN_LENGTH: '15',
      SESSION_DAYS: '1',
      CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      LOG: 'off',
    }
    expect(loadConfig(env)).toMatchObject({
      port: 80,
      registration: 'closed',
      passwordMinLength: 15,
      sessionDays: 1,
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      log: 'off',
    })
  })

  test.each([
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    [{ DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL must look like'],
    [{ DATABASE_URL: 'postgres://host' }, 'DATABASE_URL must look like'],
    [{ DATABASE_URL: 'postgres://user:secret%@host/x' }, 'DATABASE_URL must look like'],
    [{ DATABASE_URL: 'postgres://user:secret@host/%ff' }, 'DATABASE_URL must look like'],
    [{ PORT: 'http' }, 'PORT must be'],
    [{ PORT: '65536' }, 'PORT must be'],
    [{ PASSWORD_MIN_LENGTH: '5' }, 'PASSWORD_MIN_LENGTH must be a whole number from 6 to 128'],
    [{ REGISTRATION: 'yes' }, 'REGISTRATION must be one of: open, closed'],
    [{ CORS_ORIGINS: 'example.org' }, 'CORS_ORIGINS must be'],
    [{ CORS_ORIGINS: 'https://example.org/path' }, 'CORS_ORIGINS must be'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS must be'],
    [{ LOG: 'loud' }, 'LOG must be one of'],
  ])('%j is refused by name, without its value', (env, message) => {
    const attempt = () => loadConfig({ DATABASE_URL, ...env })
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    expect(attempt).not.toThrow('secret')
  })
})

describe('the databases', () => {
  test.each([
    ['postgres://a@localhost/x', 'postgresql://b@127.0.0.1:5432/x'],
    ['postgres://a@ep-cool-1.eu.neon.tech/x', 'postgres://a@ep-cool-1-pooler.eu.neon.tech/x?sslmode=require'],
    ['postgres://a@db/x', 'postgres://a@DB:5432/x'],
  ])('tests refuse %s and %s: they are one', (DATABASE_URL, DATABASE_TEST_URL) => {
    expect(databaseUrl('test', { DATABASE_URL, DATABASE_TEST_URL })).rejects.toThrow(
      'names the same database',
    )
  })

  test('are what the environment says', async () => {
    const env = { DATABASE_URL: 'postgres://a@db/x', DATABASE_TEST_URL: 'postgres://a@db/y' }
    expect(await databaseUrl('development', env)).toBe(env.DATABASE_URL)
    expect(await databaseUrl('test', env)).toBe(env.DATABASE_TEST_URL)
    for (const DATABASE_TEST_URL of ['nonsense', 'postgres://a:secret%@db/x', 'postgres://a@db/%']) {
      expect(databaseUrl('test', { DATABASE_TEST_URL })).rejects.toThrow('DATABASE_TEST_URL must look like')
    }
  })
})
