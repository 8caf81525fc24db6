import { expect, test } from 'bun:test'
import pg from 'pg'
import { serverUrl } from '../../../tests/support/server-url.ts'
import { activityQuery, readActivity } from '../src/activity.ts'

test('a session that was opened and has run nothing is no reason to look at the tables', async () => {
  const url = await serverUrl()
  const name = `sandbox_activity_${crypto.randomUUID().slice(0, 8)}`
  await using admin = new Bun.SQL(url, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  const at = Object.assign(new URL(url), { pathname: `/${name}` }).href
  const idle = new pg.Client({ connectionString: at, application_name: 'an app' })
  await idle.connect()
  const sql = new Bun.SQL(at, { max: 1 })
  const activity = async (since: string) => {
    const results = await sql.unsafe(activityQuery({ token: 'sandbox-x', siblings: null }, since))
    return readActivity((results as unknown as Record<string, unknown>[][]).flat())
  }
  const { checked, ...first } = await activity('0')
  expect([first.hasHidden, first.intruders.filter(({ query }) => query === '')]).toEqual([false, []])
  await idle.query('select 7 as n')
  const second = await activity(checked)
  expect(second.intruders.map(({ query }) => query)).toContain('select 7 as n')
  await Promise.all([idle.end(), sql.close()])
  await admin.unsafe(`drop database ${name} with (force)`)
})
