import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { freshProject } from '../../../tests/support/fresh-project.ts'
import { type Registry, startRegistry } from '../../../tests/support/registry.ts'
import { startProject } from './project.ts'
import { APP, stepsOf, typeErrors } from './readme.ts'

setDefaultTimeout(180_000) // npm installs, on a busy machine
const { files, commands } = stepsOf('60 seconds to the first test: Bun')
const database = await startProject()
let registry: Registry
let project: Awaited<ReturnType<typeof freshProject>>

beforeAll(async () => {
  registry = startRegistry()
  project = await freshProject(registry, {
    ...APP,
    'src/db.ts': `import { drizzle } from 'drizzle-orm/bun-sql'
import * as schema from './schema.ts'

export const db = drizzle(process.env.DATABASE_URL ?? 'postgres://127.0.0.1:1/none', { schema })
`,
  })
})
afterAll(async () => {
  project.remove()
  await registry.stop()
  await database.remove()
})

test('a project on Bun follows the README, from the tarball to tests that pass', async () => {
  const prepared = await project.sh('bun add drizzle-orm && bun add --dev drizzle-kit bun-types')
  expect([prepared.code, prepared.code === 0 ? '' : prepared.err]).toEqual([0, ''])
  const [install = '', run = ''] = commands
  expect((await project.sh(install)).code).toBe(0)
  for (const [name, text] of Object.entries(files)) await Bun.write(`${project.folder}/${name}`, text)
  const command = run.replace(/DATABASE_TEST_URL=\S+/, `DATABASE_TEST_URL='${database.env.TEST_URL}'`)
  for (const flags of ['', ' --parallel=2']) {
    const { code, err } = await project.sh(command + flags)
    expect([code, err]).toEqual([0, expect.stringContaining(' 2 pass')])
  }

  expect(await typeErrors(project.folder, ['bun-types'])).toEqual([])

  // The one line that replaces the app's own database is forgotten: the first test says so, and nothing is written there.
  await Bun.write(
    `${project.folder}/tests/sandbox.ts`,
    String(files['tests/sandbox.ts']).replace(/^mock\.module.*$/m, ''),
  )
  const unwired = await project.sh(`DATABASE_URL='${database.env.APP_URL}' ${command}`)
  expect(unwired.code).toBe(1)
  expect(unwired.err).toContain('The test "a name is taken once" used the database past the sandbox: ')
})
