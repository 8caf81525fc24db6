import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { serverUrl } from '../../../tests/support/server-url.ts'
import { startProject } from './project.ts'

setDefaultTimeout(60_000)
const project = await startProject()
const role = `${project.name}_role`
await using admin = new Bun.SQL(await serverUrl(), { max: 1 })
await admin.unsafe(
  `create role ${role} login createrole password 'guest'; grant all on database ${project.name} to ${role}`,
)
afterAll(async () => {
  await project.remove()
  await using again = new Bun.SQL(await serverUrl(), { max: 1 })
  await again.unsafe(`drop role ${role}`)
})

test('rows of a session are found, of which Postgres hides from the tests what it does', async () => {
  const superuser = project.env.TEST_URL
  const owner = Object.assign(new URL(superuser), { username: role, password: 'guest' }).href
  await using sql = new Bun.SQL(superuser, { max: 1 })
  await sql.unsafe(`grant all on schema public to ${role}`)
  const name = 'a hidden session writes'
  const { text, failed, passed } = await project.run(['./hidden-tests.ts'], {
    TEST_URL: owner,
    PAST_URL: superuser,
    EDITION: 'hidden',
  })
  expect(text).toContain(`The test "${name}" left rows behind: users (1 row).`)
  expect([failed, passed]).toEqual([[name], ['a session that is open already', `after: ${name}`]])
})
