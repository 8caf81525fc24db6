import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { publint } from 'publint'
import { freshProject } from './support/fresh-project.ts'
import { type Registry, startRegistry } from './support/registry.ts'

setDefaultTimeout(120_000) // npm installs, on a busy machine
const root = join(import.meta.dir, '..')
const names = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

/** What a formatted file imports or re-exports, types too, at its top level or by `import()`. */
const IMPORTS = /^(?:import|export|\})(?:[^'\n]* from)? '([^']+)'|\bimport\('([^']+)'\)/gm

type Target = string | { types?: string; bun?: string; default?: string }
type Manifest = {
  name: string
  exports: Record<string, Target>
  bin?: Record<string, string>
} & Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Record<string, string> | undefined>
const manifest = (name: string): Manifest => JSON.parse(text('packages', name, 'package.json'))

describe.each(names)('packages/%s', (name) => {
  const { exports, bin = {}, ...fields } = manifest(name)
  const folder = join(root, 'packages', name)
  const external = { ...fields.dependencies, ...fields.optionalDependencies, ...fields.peerDependencies }

  test('has what npm and its readers need', () => {
    expect(fields).toMatchObject({
      name: `@hearth/${name}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\.$/),
      license: 'MIT',
      type: 'module',
      engines: { node: '>=22' },
      files: ['dist'],
      scripts: { prepack: 'rm -rf dist && tsc -p .' },
    })
    expect(fields).not.toHaveProperty('private')
    expect(text('packages', name, 'LICENSE')).toBe(text('LICENSE'))
    for (const file of ['README.md', 'CHANGELOG.md']) expect(text('packages', name, file)).toContain('# ')
  })

  test('pins the packages that it depends on', () => {
    expect(Object.entries(external).filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual(
      [],
    )
  })

  test('imports its own files and declared packages only', async () => {
    const declared = (path: string) =>
      Object.keys(external).some((it) => path === it || path.startsWith(`${it}/`))
    const offenders: string[] = []
    for (const file of new Bun.Glob('src/**/*.ts').scanSync({ cwd: folder, absolute: true })) {
      const code = readFileSync(file, 'utf8')
      const paths = [...code.matchAll(IMPORTS)].map(([, a, b]) => String(a ?? b))
      for (const path of paths) {
        const isInside =
          path.startsWith('.') && !relative(join(folder, 'src'), join(file, '..', path)).startsWith('..')
        if (!isInside && !isBuiltin(path) && !path.startsWith('bun:') && !declared(path))
          offenders.push(`${relative(root, file)} imports ${path}`)
      }
    }
    expect(offenders).toEqual([])
  })

  test('is used from its sources in this repository', () => {
    for (const [subpath, target] of Object.entries(exports)) {
      const built = typeof target === 'string' ? target : (target.bun ?? target.default ?? '')
      const source = join(folder, built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'))
      expect([subpath, Bun.resolveSync(join(`@hearth/${name}`, subpath), join(root, 'tests'))]).toEqual([
        subpath,
        source,
      ])
    }
    for (const command of Object.values(bin))
      expect(existsSync(join(folder, command.replace(/^\.?\/?dist\//, 'src/').replace(/\.js$/, '.ts')))).toBe(
        true,
      )
  })
})

describe('installed from their tarballs', () => {
  let registry: Registry
  let project: Awaited<ReturnType<typeof freshProject>>
  beforeAll(async () => {
    registry = startRegistry()
    project = await freshProject(registry, { 'tsconfig.json': CONSUMER })
    const all = names.map((name) => `@hearth/${name}`).join(' ')
    const { code, err } = await project.sh(`npm install ${all} @types/node bun-types`)
    if (code !== 0) throw new Error(err)
  })
  afterAll(async () => {
    project.remove()
    await registry.stop()
  })

  test.each(names)('%s has no packaging mistake that publint knows', async (name) => {
    const tarball = await Bun.file(await registry.pack(`@hearth/${name}`)).arrayBuffer()
    expect((await publint({ pack: { tarball }, strict: true })).messages).toEqual([])
  })

  const entries = names.flatMap((name) =>
    Object.entries(manifest(name).exports)
      .filter(([subpath]) => subpath !== './package.json')
      .map(([subpath, target]): [string, Target] => [join(`@hearth/${name}`, subpath), target]),
  )

  test.each(entries)('%s has types for a strict project, and is found', async (entry, target) => {
    expect(target).toHaveProperty('types')
    await Bun.write(
      join(project.folder, 'check.ts'),
      `import * as all from '${entry}'\nexport const n: number = all\n`,
    )
    const { out } = await project.sh(`"${join(root, 'node_modules/.bin/tsc')}" -p .`)
    const ours = out.split('\n').filter((line) => /^(check\.ts|node_modules\/@hearth)/.test(line))
    expect(ours).toEqual([expect.stringContaining(`Type 'typeof import(`)]) // a module with types, so not a number

    const script = `import('${entry}').then((all) => console.log(Object.keys(all).length > 0))`
    const runtimes = typeof target === 'object' && target.default ? ['node', 'bun'] : ['bun']
    for (const runtime of runtimes)
      expect(await project.sh(`${runtime} -e "${script}"`)).toEqual({ code: 0, out: 'true', err: '' })
  })
})

const CONSUMER = JSON.stringify({
  compilerOptions: {
    module: 'NodeNext',
    target: 'ESNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['check.ts'],
})
