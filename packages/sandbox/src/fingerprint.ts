import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { createPathsMatcher, getTsconfig } from 'get-tsconfig'
import { SandboxError } from './errors.ts'

/**
 * Returns a fingerprint of `files`, of the project's files that they import, and of `more`; cheaper than to load them.
 * Imports by an alias (`paths` of a tsconfig.json, `imports` of a package.json) and of linked packages are followed. Throws
 * `SandboxError` for a file that does not exist, and for an alias that only a bundler knows.
 */
export function fingerprintOf(files: string[], ...more: string[]): string {
  return hashOf([...more, ...sources(files.map((file) => resolve(file)))])
}

/** A fingerprint of texts. */
export function hashOf(texts: string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 32)
}

function sources(files: string[]): string[] {
  const known = new Map<string, string>()
  const visit = (file: string) => {
    if (known.has(file)) return
    const source = readFileSync(file, 'utf8')
    known.set(file, source)
    for (const name of importsOf(source)) {
      const found = locate(name, file)
      if (found) visit(found)
    }
  }
  for (const file of files) {
    if (!isFile(file)) throw new SandboxError(`The blueprint names ${file}, which does not exist.`)
    visit(file)
  }
  return [...known.keys()].sort().map((file) => known.get(file) ?? '')
}

// Comments and strings are matched too, so that what they quote is not taken for an import.
const IMPORTS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:\\.|[^`\\])*`|\b(?:from|import|require)\s*\(?\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g

/** What a module imports, as it is written there. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORTS)].flatMap(([, single, double]) => single ?? double ?? [])
}

const ALIAS = /^(@\/|[~#$])/

/** The project's own file that `name` means in `importer`, or null for a package. */
function locate(name: string, importer: string): string | null {
  if (isBuiltin(name) || name.includes(':')) return null
  if (/^\.{0,2}\//.test(name)) return fileAt(resolve(dirname(importer), name))
  const own = aliased(name, importer) ?? linked(name, importer)
  if (!own && ALIAS.test(name) && !isInstalled(name, importer)) {
    throw new SandboxError(
      `${importer} imports "${name}", an alias that neither tsconfig.json nor package.json explains: list that file in the blueprint as well, by its path.`,
    )
  }
  return own
}

const matchers = new Map<string, (name: string) => string[]>()

function aliased(name: string, importer: string): string | null {
  const folder = dirname(importer)
  let matcher = matchers.get(folder)
  if (!matcher) {
    const tsconfig = getTsconfig(folder)
    matcher = (tsconfig && createPathsMatcher(tsconfig)) ?? (() => [])
    matchers.set(folder, matcher)
  }
  for (const path of matcher(name)) {
    const file = fileAt(path)
    if (file) return file
  }
  return null
}

// A workspace is a link in node_modules to a folder elsewhere; Node resolves `#aliases` of package.json the same way.
function linked(name: string, importer: string): string | null {
  try {
    const file = realpathSync(createRequire(importer).resolve(name))
    return file.includes('/node_modules/') ? null : fileAt(file)
  } catch {
    return null
  }
}

function isInstalled(name: string, importer: string): boolean {
  const folders = createRequire(importer).resolve.paths(name) ?? []
  return folders.some((folder) => existsSync(join(folder, name)))
}

const EXTENSIONS = ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'json']

// TypeScript lets one import `./a.ts` as `./a.js`, as `./a`, and `./a/index.ts` as `./a`.
function fileAt(path: string): string | null {
  const bare = path.replace(/\.[mc]?jsx?$/, '')
  const candidates = [
    path,
    ...EXTENSIONS.flatMap((extension) => [`${path}.${extension}`, `${bare}.${extension}`]),
    ...EXTENSIONS.map((extension) => join(path, `index.${extension}`)),
  ]
  return candidates.find(isFile) ?? null
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
