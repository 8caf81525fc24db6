import { expect, test } from 'bun:test'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dir, '..')
const transpiler = new Bun.Transpiler({ loader: 'js' })

/** The packages that a program loads when it starts, from the files that it imports, theirs, and so on. */
async function loadedBy(entry: string): Promise<string[]> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    root,
    target: 'bun',
    plugins: [EXTERNAL_PACKAGES],
  })
  const imports = transpiler.scanImports(String(await outputs[0]?.text()))
  const names = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)
  return [...new Set(names.filter((it) => !isBuiltin(it) && it !== 'bun').map(packageOf))].toSorted()
}

const packageOf = (path: string) => path.split('/', path.startsWith('@') ? 2 : 1).join('/')

const EXTERNAL_PACKAGES: Bun.BunPlugin = {
  name: 'external packages',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, ({ path }) =>
      path.startsWith('@hearth/') ? undefined : { path, external: true },
    )
  },
}

/** The programs of the make targets that install only what running needs. */
function programs(makefile: string, scripts: Record<string, string>): string[] {
  const targets = /^LEAN := (.*)$/m.exec(makefile)?.[1]?.split(' ') ?? []
  const commands = targets.map((name) => scripts[name] ?? scripts[name.replace(/-.*/, '')] ?? '')
  return [...new Set(commands.flatMap((command) => /\S+\.ts\b/.exec(command) ?? []))]
}

test('make targets that install only what running needs load nothing else when they start', async () => {
  const { scripts } = await Bun.file(join(root, 'package.json')).json()
  const entries = programs(await Bun.file(join(root, 'Makefile')).text(), scripts)
  expect(entries).toContain('tools/dev.ts')

  const installed = new Set<string>()
  for (const manifest of [
    'package.json',
    ...new Bun.Glob('packages/*/package.json').scanSync({ cwd: root }),
  ]) {
    const { dependencies = {}, optionalDependencies = {} } = await Bun.file(join(root, manifest)).json()
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) installed.add(name)
  }
  for (const entry of entries) {
    const loaded = await loadedBy(join(root, entry))
    expect([entry, loaded.filter((name) => !installed.has(name))]).toEqual([entry, []])
  }
})
