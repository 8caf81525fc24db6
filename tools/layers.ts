import { dirname, join, relative } from 'node:path'

/** The layers of `src`, from the top down: an import may only point to a lower one, or into its own folder. */
export const LAYERS = [
  'entry',
  'app.ts',
  'resources',
  'access',
  'identity',
  'http',
  'db',
  'config.ts',
  'errors.ts',
]

/** Who may import a package, by the paths that may. A package that no rule names is free to all. */
const PACKAGES: [name: RegExp, importers: RegExp][] = [
  [/^hono(\/|$)/, /^src\/(app\.ts|http\/|[^/]+\/routes\.ts|access\/(guards|client)\.ts)/],
  [/^@hono\//, /^src\/http\//],
  [/^drizzle-orm(\/|$)/, /^src\/(?!entry\/|app\.ts|[^/]+\/routes\.ts)/],
  [/^nodemailer$/, /^src\/mail\/smtp\.ts$/],
  [/^(postgres|bun|@neondatabase\/serverless)$/, /^src\/db\//],
]

/** A file of `src` and what it imports: packages by name, files by their path in the project. */
export type Imports = { file: string; imports: string[] }

/** Returns a sentence for each import that breaks a rule of the house, and for each circle of folders. */
export function brokenRules(files: Imports[]): string[] {
  const arrows = files.flatMap(({ file, imports }) => imports.map((target) => ({ file, target })))
  return [...arrows.flatMap(({ file, target }) => broken(file, target)), ...circles(arrows)]
}

function broken(file: string, target: string): string[] {
  const complain = (rule: string) => [`${file} imports ${target}: ${rule}`]
  const rule = PACKAGES.find(([name]) => name.test(target))
  if (rule) return rule[1].test(file) ? [] : complain('this package has no place in such a file')
  if (!target.startsWith('src/')) {
    return /^(tools|tests|bench|packages)\//.test(target) ? complain('src is deployed without it') : []
  }
  if (target.endsWith('/routes.ts') && file !== 'src/app.ts') return complain('only app.ts mounts routes')
  const [from, to] = [layerOf(file), layerOf(target)]
  if (to < from) return complain(`an arrow may not point up, from ${LAYERS[from]} to ${LAYERS[to]}`)
  return []
}

const placeOf = (file: string): string => file.split('/')[1] ?? ''

function layerOf(file: string): number {
  const layer = LAYERS.indexOf(placeOf(file))
  return layer < 0 ? LAYERS.indexOf('resources') : layer // a folder of any other name is a resource
}

// Resources may use each other, as invitations use teams, but not in a circle.
function circles(arrows: { file: string; target: string }[]): string[] {
  const next = new Map<string, Set<string>>()
  for (const { file, target } of arrows) {
    const [from, to] = [placeOf(file), placeOf(target)]
    if (target.startsWith('src/') && from !== to) next.set(from, (next.get(from) ?? new Set()).add(to))
  }
  const found: string[] = []
  const walk = (place: string, path: string[]): void => {
    const start = path.indexOf(place)
    if (start >= 0) {
      const circle = path.slice(start)
      if (circle.every((other) => place <= other))
        found.push(`Folders import in a circle: ${[...circle, place].join(' > ')}`)
      return
    }
    for (const to of next.get(place) ?? []) walk(to, [...path, place])
  }
  for (const place of next.keys()) walk(place, [])
  return [...new Set(found)]
}

/** Reads what each file of `src` below `root` imports. Types count too: they are names that one must know. */
export async function readImports(root: string): Promise<Imports[]> {
  const files = [...new Bun.Glob('src/**/*.ts').scanSync({ cwd: root })].sort()
  return Promise.all(
    files.map(async (file) => ({ file, imports: importsOf(file, await Bun.file(join(root, file)).text()) })),
  )
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)|(?:^|\n)import '([^']+)'/g

function importsOf(file: string, source: string): string[] {
  return [...source.matchAll(IMPORT)].map(([, from, dynamic, bare]) => {
    const name = from ?? dynamic ?? bare ?? ''
    return name.startsWith('.') ? relative('.', join(dirname(file), name)) : name
  })
}

if (import.meta.main) {
  const offenders = brokenRules(await readImports(join(import.meta.dir, '..')))
  for (const offender of offenders) console.error(offender)
  process.exitCode = offenders.length > 0 ? 1 : 0
}
