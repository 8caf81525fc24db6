import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokenRules, readImports } from '../tools/layers.ts'

// README, "Add a resource", followed to the letter in a copy of the sources.
setDefaultTimeout(60_000)
const root = join(import.meta.dir, '..')
let copy = ''

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'hearth-resource-'))
  for (const path of ['src', 'drizzle', 'package.json', 'worker-configuration.d.ts'])
    await cp(join(root, path), join(copy, path), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const { compilerOptions } = await Bun.file(join(root, 'tsconfig.json')).json()
  const tsconfig = { compilerOptions, include: ['src', 'worker-configuration.d.ts'] }
  await Bun.write(join(copy, 'tsconfig.json'), JSON.stringify(tsconfig))
  const readme = await Bun.file(join(root, 'README.md')).text()
  const section = readme.slice(readme.indexOf('## Add a resource'), readme.indexOf('## Migrations'))
  const files = [...section.matchAll(/`(src\/notes\/\w+\.ts)`[^\n]*\n\n```ts\n([\s\S]*?)```/g)]
  expect(files.map(([, path]) => path)).toEqual(
    ['table', 'schema', 'service', 'routes'].map((name) => `src/notes/${name}.ts`),
  )
  for (const [, path = '', code = ''] of files) await Bun.write(join(copy, path), code)
  const app = await Bun.file(join(copy, 'src/app.ts')).text()
  const mounted = app
    .replace(/^import .*\n/, (first) => `${first}import { noteRoutes } from './notes/routes.ts'\n`)
    .replace("  .route('/users', userRoutes)\n", (line) => `${line}  .route('/notes', noteRoutes)\n`)
  expect(mounted.split('\n').length).toBe(app.split('\n').length + 2)
  await Bun.write(join(copy, 'src/app.ts'), mounted)
})

afterAll(() => rm(copy, { recursive: true, force: true }))

async function run(...command: string[]): Promise<{ code: number; out: string }> {
  const child = Bun.spawn(command, { cwd: copy, stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out: out + err }
}

const tsc = () => run(process.execPath, join(root, 'node_modules/.bin/tsc'), '--noEmit', '-p', copy)

test('the new resource compiles, keeps the layers and is described', async () => {
  expect(await tsc()).toEqual({ code: 0, out: '' })
  expect(brokenRules(await readImports(copy))).toEqual([])
  const script = `import { app } from './src/app.ts'
    import { operationsOf } from './src/http/operations.ts'
    console.log(operationsOf(app).filter(({ path }) => path.startsWith('/notes')).map((o) => [o.method, o.path, o.access].join(' ')).join(', '))`
  const { out } = await run(process.execPath, '-e', script)
  expect(out.trim()).toBe('POST /notes signed in, GET /notes signed in, DELETE /notes/:noteId signed in')
})

test('a guard that is forgotten is an error of types', async () => {
  const routes = join(copy, 'src/notes/routes.ts')
  const code = await Bun.file(routes).text()
  await Bun.write(
    routes,
    code.replace(
      "operation('listNotes', 200, NotePage), signedIn,",
      "operation('listNotes', 200, NotePage),",
    ),
  )
  const { code: exit, out } = await tsc()
  await Bun.write(routes, code)
  expect([exit, out]).toEqual([
    expect.any(Number),
    expect.stringContaining("Property 'caller' does not exist"),
  ])
})

test('a column that is renamed is an error of types wherever it is used', async () => {
  const table = join(copy, 'src/notes/table.ts')
  const code = await Bun.file(table).text()
  await Bun.write(table, code.replaceAll("title: varchar('title'", "heading: varchar('heading'"))
  const { out } = await tsc()
  await Bun.write(table, code)
  expect([...new Set(out.match(/src\/notes\/\w+\.ts/g))].sort()).toEqual([
    'src/notes/schema.ts',
    'src/notes/service.ts',
  ])
})
