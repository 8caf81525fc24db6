import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What a test database holds: `statements` make it, and `fingerprint` changes with them. */
export type Blueprint = { fingerprint: string; statements: () => Promise<string[]> }

/** A fingerprint of `files`, of every file that they import by a relative path, and of `more`; cheaper than to load them. */
export function fingerprintOf(files: string[], ...more: string[]): string {
  const hash = createHash('sha256')
  for (const text of [...more, ...sources(files.map((file) => resolve(file)))]) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 32)
}

const transpiler = new Bun.Transpiler({ loader: 'ts' })

function sources(files: string[]): string[] {
  const known = new Map<string, string>()
  const visit = (file: string) => {
    if (known.has(file)) return
    const source = readFileSync(file, 'utf8')
    known.set(file, source)
    for (const { path } of transpiler.scanImports(source)) {
      if (path.startsWith('.')) visit(Bun.resolveSync(path, dirname(file)))
    }
  }
  files.forEach(visit)
  return [...known.keys()].sort().map((file) => known.get(file) ?? '')
}
