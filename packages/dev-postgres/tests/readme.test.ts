import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { freshProject } from '../../../tests/support/fresh-project.ts'
import { startRegistry } from '../../../tests/support/registry.ts'

setDefaultTimeout(120_000) // npm installs 60 MB, on a busy machine
const root = join(import.meta.dir, '../../..')
const readme = await Bun.file(join(root, 'packages/dev-postgres/README.md')).text()
const blocks = [...readme.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)].map(([, , text]) => String(text))
const [commands = '', program = '', temporary = ''] = blocks
const registry = startRegistry()
afterAll(registry.stop)

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ module: 'NodeNext', target: 'ESNext', types: ['node'], noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  },
})

describe.each([
  { runtime: 'node', manager: 'npm', execute: 'npx', inPlaceOf: '' },
  { runtime: 'bun', manager: 'bun', execute: 'bunx --bun', inPlaceOf: 'npm install --save-dev' },
])('a new project on $runtime that follows the README', ({ runtime, manager, execute, inPlaceOf }) => {
  let project: Awaited<ReturnType<typeof freshProject>>
  const inRuntime = (text: string) =>
    text.replaceAll('npx', execute).replace(inPlaceOf || /$^/, 'bun add --dev')
  const url = 'postgres://postgres:[0-9a-f]{32}@127\\.0\\.0\\.1:2\\d{4}'

  beforeAll(async () => {
    project = await freshProject(registry, {
      'tsconfig.json': TSCONFIG,
      'program.ts': program,
      'temporary.ts': `${temporary}console.log(server.url('app'))\n`,
    })
  })
  afterAll(async () => {
    await project.sh(inRuntime('npx dev-postgres reset --yes'))
    project.remove()
  })

  test('installs it and starts it by its first commands', async () => {
    const { code, out } = await project.sh(inRuntime(commands))
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`${url}/app\\n${url}/app_test$`))
  })

  test('type-checks and runs its programs', async () => {
    expect(
      await project.sh(`${manager === 'npm' ? 'npm install --save-dev' : 'bun add --dev'} @types/node`),
    ).toMatchObject({ code: 0 })
    expect(await project.sh(`"${join(root, 'node_modules/.bin/tsc')}" -p .`)).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    const first = await project.sh(`${runtime} program.ts`)
    expect(first).toEqual({ code: 0, out: expect.stringMatching(new RegExp(`^${url}/app$`)), err: '' })
    const { out } = await project.sh(`${runtime} temporary.ts`)
    expect(out).toMatch(new RegExp(`^${url}/app$`))
    expect(out).not.toBe(first.out)
  })

  test('gets one server from starts at once of both runtimes, and the same one after kill -9', async () => {
    const { out: before } = await project.sh(inRuntime('npx dev-postgres url app'))
    const cli = 'node_modules/@hearth/dev-postgres/dist/cli.js'
    expect(await project.sh('kill -9 $(head -1 .data/postgres/data/postmaster.pid)')).toMatchObject({
      code: 0,
    })
    const starts = ['node', 'bun', 'node', 'bun'].map((it) => project.sh(`${it} ${cli} url app`))
    expect((await Promise.all(starts)).map(({ code, out }) => ({ code, out }))).toEqual(
      Array(4).fill({ code: 0, out: before }),
    )
  })

  test('can put a copy of the data back', async () => {
    const sql = (text: string) =>
      `node -e "import('postgres').then(async ({ default: connect }) => { const sql = connect(process.argv[1]); console.log(JSON.stringify(await sql.unsafe(process.argv[2]))); await sql.end() })" "$(${execute} dev-postgres url app)" "${text}"`
    await project.sh(sql('create table kept as select 1 as n'))
    const backup = blocks.find((it) => it.includes('postgres-backup')) ?? ''
    expect(await project.sh(inRuntime(backup))).toMatchObject({ code: 0 })
    await project.sh(inRuntime('npx dev-postgres reset --yes && mv .data/postgres-backup .data/postgres'))
    expect(await project.sh(sql('select n from kept'))).toMatchObject({ code: 0, out: '[{"n":1}]' })
  })
})
