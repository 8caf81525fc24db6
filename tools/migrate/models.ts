import { resolve } from 'node:path'

const PROJECT = resolve(import.meta.dir, '../..')

/** The exports of every `table.ts` below `src`: what the database should hold. */
export async function loadModels(): Promise<Record<string, unknown>> {
  const files = [...new Bun.Glob('src/**/table.ts').scanSync({ cwd: PROJECT, absolute: true })].sort()
  const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>))
  return Object.assign({}, ...modules)
}
