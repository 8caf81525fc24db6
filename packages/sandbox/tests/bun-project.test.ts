import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { freshProject } from '../../../tests/support/fresh-project.ts'
import { type Registry, startRegistry } from '../../../tests/support/registry.ts'
import { serverUrl } from '../../../tests/support/server-url.ts'

setDefaultTimeout(120_000) // npm installs, on a busy machine
const source = join(import.meta.dir, 'bun-project')
const url = new URL(await serverUrl())
const name = `other_project_${crypto.randomUUID().slice(0, 8)}`
const admin = new Bun.SQL(url.href, { max: 1 })
let registry: Registry
let project: Awaited<ReturnType<typeof freshProject>>

beforeAll(async () => {
  await admin.unsafe(`create database ${name}`)
  registry = startRegistry()
  project = await freshProject(registry, {
    'bunfig.toml': '[test]\npreload = ["./preload.ts"]\n',
    'preload.ts': await Bun.file(join(source, 'preload.ts')).text(),
    'schema.ts': await Bun.file(join(source, 'schema.ts')).text(),
    'books.test.ts': await Bun.file(join(source, 'books-tests.ts')).text(),
  })
})
afterAll(async () => {
  project.remove()
  await registry.stop()
  await admin.unsafe(`drop database ${name} with (force)`)
  await admin.close()
})

test('a project that installs the package runs its tests in the sandbox', async () => {
  const { code, err } = await project.sh('bun add --dev @hearth/sandbox drizzle-orm')
  expect([code, err]).toEqual([0, expect.any(String)])
  const report = await project.sh(`TEST_URL='${Object.assign(url, { pathname: `/${name}` }).href}' bun test`)
  expect(report.err).toContain(' 3 pass')
  expect(report.code).toBe(0)
})
