import { expect, test } from 'bun:test'
import { dirname, join, relative } from 'node:path'

const MAX_LINES = 150
const root = join(import.meta.dir, '..')
const files = [...new Bun.Glob('{src,tools,tests,bench}/**/*.ts').scanSync({ cwd: root })].filter(
  (file) => !file.includes('node_modules'),
)
const source = async (file: string) => Bun.file(join(root, file)).text()
const transpiler = new Bun.Transpiler({ loader: 'ts' })

/** What a file imports: packages by name, files by their path in the project. Types count too: they are names one must know. */
async function importsOf(file: string): Promise<string[]> {
  const found = [
    ...(await source(file)).matchAll(
      /(?:^|\n)\s*(?:import|export)[^'"]*?from '([^']+)'|import\('([^']+)'\)|(?:^|\n)import '([^']+)'/g,
    ),
  ]
  const specifiers = found.map(([, a, b, c]) => a ?? b ?? c ?? '')
  return specifiers.map((name) =>
    name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name,
  )
}

/** For each kind of file under src, what it may import beside its kind's packages. The first pattern that fits decides. */
const RULES: [kind: RegExp, allowed: RegExp][] = [
  [/^src\/entry\//, /^(src\/(app|config|errors)\.ts|src\/(db|entry)\/|src\/http\/misconfigured\.ts)/],
  [
    /^src\/app\.ts$/,
    /^(hono|src\/(errors|config)\.ts|src\/http\/|src\/\w+\/(routes|me|table)\.ts|src\/db\/violation\.ts)/,
  ],
  [/^src\/errors\.ts$/, /^$/],
  [/^src\/config\.ts$/, /^(zod|src\/(errors|db\/url)\.ts)$/],
  [
    /^src\/db\//,
    /^(drizzle-orm|drizzle\/meta\/_journal\.json$|postgres$|bun$|@neondatabase\/serverless$|src\/db\/|src\/(errors|config)\.ts)/,
  ],
  [
    /^src\/http\/env\.ts$/,
    /^(hono|src\/(config|errors)\.ts|src\/db\/(db|migration)\.ts|src\/\w+\/service\.ts)/,
  ],
  [
    /^src\/http\//,
    /^(hono|@hono\/zod-validator|zod|drizzle-orm$|src\/http\/|src\/(config|errors)\.ts|src\/db\/)/,
  ],
  [/\/(routes|me)\.ts$/, /^(hono|src\/errors\.ts|src\/http\/|src\/sessions\/auth\.ts|SELF\/)/],
  [/^src\/sessions\/auth\.ts$/, /^(hono|src\/errors\.ts|src\/http\/|SELF\/)/],
  [/\/schema\.ts$/, /^(zod|src\/http\/(pages|text|timestamp)\.ts|src\/\w+\/schema\.ts)$/],
  [/\/table\.ts$/, /^(drizzle-orm|src\/db\/columns\.ts|src\/\w+\/table\.ts)/],
  [
    /^src\/\w+\//,
    /^(drizzle-orm|node:crypto|src\/(errors|config)\.ts|src\/db\/(db|sql-error)\.ts|src\/http\/(pages|client)\.ts|src\/\w+\/(?!routes|me)[\w-]+\.ts)/,
  ],
]

/** What breaks a rule: a line for each offence that `find` reports of a file. */
async function offences(among: string[], find: (file: string) => Promise<string[]>): Promise<string[]> {
  const found = await Promise.all(
    among.map(async (file) => (await find(file)).map((what) => `${file}: ${what}`)),
  )
  return found.flat()
}

const inSrc = files.filter((file) => file.startsWith('src/'))

test('a file imports only from its own layer and those below', async () => {
  const found = await offences(inSrc, async (file) => {
    const [, allowed] = RULES.find(([kind]) => kind.test(file)) ?? []
    if (!allowed) return ['no rule in RULES says what it may import']
    const pattern = new RegExp(allowed.source.replace('SELF', dirname(file)))
    return (await importsOf(file)).filter((name) => !pattern.test(name)).map((name) => `imports ${name}`)
  })
  expect(found, 'RULES in this file say what each kind of file may import').toEqual([])
})

test('the rules of imports catch what they should', () => {
  const mayImport = (file: string, name: string) => RULES.find(([kind]) => kind.test(file))?.[1].test(name)
  expect(mayImport('src/users/service.ts', 'src/users/routes.ts')).toBe(false)
  expect(mayImport('src/users/service.ts', 'hono')).toBe(false)
  expect(mayImport('src/users/routes.ts', 'drizzle-orm')).toBe(false)
  expect(mayImport('src/http/problem.ts', 'src/users/service.ts')).toBe(false)
  expect(mayImport('src/users/schema.ts', 'src/users/table.ts')).toBe(false)
  expect(mayImport('src/db/db.ts', 'tools/error.ts')).toBe(false)
})

test('src/app.ts hands the tables of every table.ts to the problems', async () => {
  const modules = files.filter((file) => /^src\/.*\/table\.ts$/.test(file))
  expect(modules.length).toBeGreaterThan(0)
  expect(await importsOf('src/app.ts')).toEqual(expect.arrayContaining(modules))
})

test('what is deployed names no runtime', async () => {
  const portable = files.filter((file) => /^src\/(?!entry\/|db\/bun-sql)/.test(file))
  const found = await offences(portable, async (file) => {
    // Transpiling drops comments and types, where a runtime's name does no harm.
    const code = transpiler.transformSync(await source(file))
    const names = /\b(Bun|Deno|process|Buffer|__dirname|require|import\.meta)\b(?!['"])\s*[.([]/g
    return [...code.matchAll(names)].map(([, name]) => `uses ${name}`)
  })
  expect(found, 'only src/entry and the drivers may name a runtime').toEqual([])
})

test('passwords are compared only by the module that charges attempts', async () => {
  const comparing: string[] = []
  for (const file of files)
    if (file.startsWith('src/') && (await source(file)).includes('verifyPassword')) comparing.push(file)
  expect(comparing.sort()).toEqual(['src/sessions/throttle.ts', 'src/users/password.ts'])
})

test('text is normalised only where its length was bounded first', async () => {
  const normalising: string[] = []
  for (const file of files)
    if (file.startsWith('src/') && (await source(file)).includes('normalize(')) normalising.push(file)
  expect(normalising).toEqual(['src/http/text.ts'])
})

test('files stay small', async () => {
  const found = await offences(files, async (file) => {
    const lines = (await source(file)).split('\n').length - 1
    return lines > MAX_LINES ? [`${lines} lines`] : []
  })
  expect(found, `a file has at most ${MAX_LINES} lines: split it by meaning`).toEqual([])
})
