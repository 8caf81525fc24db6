import { resolve } from 'node:path'

const PROJECT = resolve(import.meta.dir, '../..')

/** Whatever every `table.ts` below `src` exports, once each: what the database should hold. The keys mean nothing. */
export async function loadModels(): Promise<Record<string, unknown>> {
  const files = [...new Bun.Glob('src/**/table.ts').scanSync({ cwd: PROJECT, absolute: true })].sort()
  const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>))
  // By number, since two files may give one name to two things.
  const models = new Set(modules.flatMap((module) => Object.values(module)))
  return Object.fromEntries([...models].entries())
}
