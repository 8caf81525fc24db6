import { afterAll, afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { serverUrl } from '../../../tests/support/server-url.ts'
import { REFUSALS, type World } from './refusals.ts'

setDefaultTimeout(60_000) // databases are created slowly on a busy disk
const server = await serverUrl()
const name = `sandbox_refused_${crypto.randomUUID().slice(0, 8)}`
const admin = new Bun.SQL(server, { max: 1 })
const at = (parts: Partial<URL>) => Object.assign(new URL(server), { pathname: `/${name}`, ...parts }).href

beforeEach(async () => {
  await admin.unsafe(`create role ${name}_guest login password 'guest'`)
  await admin.unsafe(`create database ${name} owner ${name}_guest`)
})
afterEach(async () => {
  for (const { datname } of await admin`select datname from pg_database where starts_with(datname, ${name})`)
    await admin.unsafe(`drop database ${datname} with (force)`)
  await admin.unsafe(`drop role ${name}_guest`)
})
afterAll(() => admin.close())

/** All that is in the database, by names and numbers that never come again. */
const contents = async () => {
  await using sql = new Bun.SQL(at({}), { max: 1 })
  return [...(await sql`select oid, relname::text as name from pg_class where oid >= 16384 order by oid`)]
}

test.each(REFUSALS)('$what', async ({ report, try: attempt }) => {
  let before: unknown
  const world: World = {
    url: at({}),
    guestUrl: at({ username: `${name}_guest`, password: 'guest' }),
    async run(statement) {
      await using sql = new Bun.SQL(at({}), { max: 1 })
      await sql.unsafe(statement)
      before = await contents()
    },
  }
  const message = await attempt(world).then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  )
  expect(message).toStartWith('SandboxError: ')
  expect(message).toContain(report)
  expect(message.split('\n').length).toBe(1)
  if (before) expect(await contents()).toEqual(before as unknown[])
})
