import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApiDocument } from '../tools/openapi/document.ts'
import { fetchPackages } from '../tools/packages.ts'
import { freshProject } from './support/fresh-project.ts'
import { type Registry, startRegistry } from './support/registry.ts'

// What people outside this repository do with the API: install the client, or generate one. Their TypeScript is 5.9.
setDefaultTimeout(120_000)
const generators = join(import.meta.dir, '../tools/openapi/packages/generators')
const tsc = join(generators, 'node_modules/typescript/bin/tsc')
const STRICT = {
  target: 'ES2022',
  module: 'NodeNext',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
}
const tsconfig = (changes: object = {}) => JSON.stringify({ compilerOptions: { ...STRICT, ...changes } })

beforeAll(() => fetchPackages(generators, 'the generators of clients'))

describe('the packed client in a project of TypeScript 5.9', () => {
  const WRONG = [
    "hearth.api.users.$post({ json: { password: 'correct horse' } })",
    'hearth.api.nothing.$get()',
    'ok(hearth.api.me.$get()).then((user) => user.passwordHash)',
  ]
  let registry: Registry
  let project: Awaited<ReturnType<typeof freshProject>>
  beforeAll(async () => {
    registry = startRegistry()
    project = await freshProject(registry, { 'tsconfig.json': tsconfig() })
    const { code, err } = await project.sh('npm install @hearth/client')
    if (code !== 0) throw new Error(err)
  })
  afterAll(async () => {
    project.remove()
    await registry.stop()
  })
  const compile = (options = '') => project.sh(`node ${tsc} -p . ${options}`)

  test('its README compiles, every declaration is checked, and no server package is needed', async () => {
    const readme = await Bun.file(join(import.meta.dir, '../packages/client/README.md')).text()
    const code = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n')
    await Bun.write(join(project.folder, 'index.ts'), code)
    const { code: exit, out } = await compile()
    expect([exit, out.match(/.*error TS.*/g)]).toEqual([0, null])
    const installed = (await project.sh('ls node_modules node_modules/@hearth')).out
      .split('\n')
      .filter(Boolean)
    expect(installed.filter((line) => !line.endsWith(':'))).toEqual(['@hearth', 'hono', 'client'])
  })

  test('it compiles in 2 seconds of processor time', async () => {
    const { out } = await compile('--skipLibCheck --extendedDiagnostics')
    // 145,258 instantiations took 1.8 s; their number does not depend on what else the machine does.
    expect(Number(/Instantiations:\s+(\d+)/.exec(out)?.[1])).toBeLessThan(160_000)
  })

  test('mistakes are errors of types', async () => {
    const lines = WRONG.map((line) => `// @ts-expect-error\n${line}`)
    const code = `import { createClient, ok } from '@hearth/client'\nconst hearth = createClient('x')\n${lines.join('\n')}\n`
    await Bun.write(join(project.folder, 'index.ts'), code)
    expect((await compile()).out.match(/.*error TS.*/g)).toBeNull()
  })
})

describe('a client that is generated from the document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
  beforeAll(async () => {
    symlinkSync(join(generators, 'node_modules'), join(folder, 'node_modules'))
    await Bun.write(join(folder, 'package.json'), '{ "type": "module" }')
    const changes = {
      skipLibCheck: true,
      moduleResolution: 'bundler',
      module: 'ESNext',
      exactOptionalPropertyTypes: false,
    }
    await Bun.write(join(folder, 'tsconfig.json'), tsconfig(changes)) // hey-api's code keeps to no stricter rules
    await Bun.write(join(folder, 'openapi.json'), JSON.stringify(await openApiDocument()))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function run(...args: string[]): Promise<string> {
    const child = Bun.spawn(args, { cwd: folder, stdout: 'pipe', stderr: 'pipe' })
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    return (await child.exited) === 0 ? '' : out + err
  }
  const bun = process.execPath

  test('openapi-typescript and openapi-fetch', async () => {
    expect(await run(bun, 'node_modules/.bin/openapi-typescript', 'openapi.json', '-o', 'schema.ts')).toBe('')
    await Bun.write(
      join(folder, 'index.ts'),
      `import createClient from 'openapi-fetch'
      import type { components, operations, paths } from './schema'
      const client = createClient<paths>({ baseUrl: 'https://api.example.com' })
      const { data, error } = await client.GET('/users', { params: { query: { limit: 5, sort: '-id' } } })
      const users: components['schemas']['User'][] = data?.items ?? []
      const id: number | undefined = users[0]?.id
      if (error?.type === 'urn:hearth:problem:invalid') console.log(id, error.errors)
      const created = await client.POST('/users', { body: { username: 'alice', password: 'correct horse' } })
      const user: components['schemas']['User'] | undefined = created.data
      const named: operations['createUser']['responses'][409] | undefined = undefined
      console.log(user, named)`,
    )
    expect(await run(bun, tsc, '-p', '.')).toBe('')
  })

  test('hey-api', async () => {
    expect(
      await run(
        bun,
        'node_modules/.bin/openapi-ts',
        '-i',
        'openapi.json',
        '-o',
        'hey',
        '-c',
        '@hey-api/client-fetch',
      ),
    ).toBe('')
    await Bun.write(
      join(folder, 'index.ts'),
      `import { createUser, listUsers } from './hey'
      import type { Problem, User } from './hey'
      import { client } from './hey/client.gen'
      client.setConfig({ baseUrl: 'https://api.example.com', auth: 'token' })
      const { data, error } = await listUsers({ query: { limit: 5 } })
      const users: User[] = data?.items ?? []
      const problem: Problem | undefined = error
      const created = await createUser({ body: { username: 'alice', password: 'correct horse' } })
      console.log(users, problem, created.data?.id)`,
    )
    expect(await run(bun, tsc, '-p', '.')).toBe('')
  })
})
