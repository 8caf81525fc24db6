import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Imports a module of the project, TypeScript included, whatever runs this tool; returns what it exports. */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  const isOwnBusiness = 'Bun' in globalThis || ['.js', '.mjs', '.json'].includes(extname(path))
  if (isOwnBusiness && extname(path) !== '.json') return import(pathToFileURL(path).href)
  const { createJiti } = await import('jiti')
  return createJiti(pathToFileURL(path).href).import(path)
}
