import { describe, expect, test } from 'bun:test'
import { run } from './support/processes.ts'

describe('a deployment is refused before anything is done', () => {
  const url = 'postgres://user:s3cret@ep-cool-1.eu.neon.tech/app'

  test.each([
    ['production', '', 'DATABASE_URL is not set'],
    ['production', 'ep-cool-1.eu.neon.tech/app', 'DATABASE_URL is not a connection string'],
    ['staging', 'postgres://user:s3cret@localhost:5432/app', 'DATABASE_URL names this machine'],
    ['staging', 'postgres://user:s3cret@[::1]/app', 'DATABASE_URL names this machine'],
    ['prod', url, 'set STAGE to one of staging, production'],
    ['', url, 'set STAGE to one of staging, production'],
  ])('stage %p with %p: %s', async (stage, DATABASE_URL, reason) => {
    const { code, out, err } = await run('tools/edge/ready-to-deploy.ts', [stage], { DATABASE_URL })
    expect([code, out, err.split('\n').length]).toEqual([1, '', 1])
    expect(err).toContain(reason)
    expect(err).not.toContain('s3cret')
  })
})
