import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { app } from '../src/app.ts'
import type { Env } from '../src/http/env.ts'
import { operationsOf } from '../src/http/operations.ts'
import { brokenRules, readImports } from '../tools/layers.ts'

const root = join(import.meta.dir, '..')
const files = [...new Bun.Glob('{src,tools,tests,bench,packages}/**/*.ts').scanSync({ cwd: root })].filter(
  (file) => !/node_modules|\/dist\//.test(file),
)
const source = async (file: string) => Bun.file(join(root, file)).text()

/** The files below `folder` whose text breaks a rule. */
async function offenders(folder: RegExp, isBroken: (text: string) => boolean): Promise<string[]> {
  const found = await Promise.all(
    files
      .filter((file) => folder.test(file))
      .map(async (file) => (isBroken(await source(file)) ? [file] : [])),
  )
  return found.flat().sort()
}

test('imports point down the layers', async () => {
  expect(brokenRules(await readImports(root))).toEqual([])
})

test.each([
  ['src/users/service.ts', 'src/users/routes.ts', 'only app.ts mounts routes'],
  ['src/users/service.ts', 'hono', 'no place'],
  ['src/api-keys/routes.ts', 'drizzle-orm', 'no place'],
  ['src/api-keys/service.ts', 'postgres', 'no place'],
  ['src/http/env.ts', 'src/users/service.ts', 'from http to resources'],
  ['src/access/guards.ts', 'src/api-keys/service.ts', 'from access to resources'],
  ['src/identity/table.ts', 'src/access/table.ts', 'from identity to access'],
  ['src/db/db.ts', 'tools/error.ts', 'deployed without it'],
  ['src/config.ts', 'src/db/db.ts', 'from config.ts to db'],
])('%s may not import %s', (file, target, rule) => {
  expect(brokenRules([{ file, imports: [target] }]).join('\n')).toContain(rule)
})

test('resources may use each other, but not in a circle', () => {
  const teams = { file: 'src/teams/service.ts', imports: ['src/api-keys/service.ts', 'src/access/act.ts'] }
  expect(brokenRules([teams])).toEqual([])
  const keys = { file: 'src/api-keys/schema.ts', imports: ['src/teams/schema.ts'] }
  expect(brokenRules([teams, keys])).toEqual(['Folders import in a circle: api-keys > teams > api-keys'])
})

const operations = operationsOf(app as unknown as { routes: typeof app.routes } & { env?: Env })
const endpoint = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('every operation says who may call it', () => {
  expect(operations.filter(({ access }) => !access).map(endpoint)).toEqual([])
})

test('every parameter of a path has a schema', () => {
  const isBroken = ({ path, params }: (typeof operations)[number]) =>
    [...path.matchAll(/:(\w+)/g)].some(([, name = '']) => !params?.shape[name])
  expect(operations.filter(isBroken).map(endpoint)).toEqual([])
})

test('what is deployed names no runtime outside entry/ and db/bun-sql.ts', async () => {
  const transpiler = new Bun.Transpiler({ loader: 'ts' })
  const names = /\b(Bun|Deno|process|Buffer|__dirname|require|import\.meta)\b(?!['"])\s*[.([]/
  // Transpiling drops comments and types, where the name of a runtime does no harm.
  const isBroken = (text: string) => names.test(transpiler.transformSync(text))
  expect(await offenders(/^src\/(?!entry\/|db\/bun-sql)/, isBroken)).toEqual([])
})

test('passwords are compared only by the module that charges attempts', async () => {
  const comparing = await offenders(/^src\//, (text) => text.includes('verifyPassword'))
  expect(comparing).toEqual(['src/access/attempts.ts', 'src/identity/password.ts'])
})

test('text is normalised only where its length was bounded first', async () => {
  expect(await offenders(/^src\//, (text) => text.includes('normalize('))).toEqual(['src/http/text.ts'])
})

test('tables are defined by the pgTable of db/table.ts, which knows their constraints', async () => {
  const isBroken = (text: string) => /pgTable[^}]*\} from 'drizzle-orm/.test(text)
  expect(await offenders(/^src\/(?!db\/table\.ts)/, isBroken)).toEqual([])
})
