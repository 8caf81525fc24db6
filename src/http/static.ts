import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import type { Env, Services } from './env.ts'

/** Returns the text of one of a page's files. Each page has one of these for Workers and one for everywhere else. */
export type ReadFile = (name: string, services: Services) => Promise<string>

/** Makes handlers that respond with a page's files: `serving(readFile)('page.css')`. */
export const serving = (readFile: ReadFile) => (name: string) => async (c: Context<Env>) =>
  c.body(await readFile(name, c.env), 200, { 'Content-Type': TYPES[name.split('.')[1] ?? ''] ?? '' })

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Reads files from the static assets of the Worker below `folder`, so that they are no part of its bundle. */
export const assetsBelow =
  (folder: string): ReadFile =>
  async (name, { asset }) => {
    const response = await asset?.(`${folder}/${name}`)
    if (!response?.ok) throw new AppError('unavailable', 'The page is not deployed.')
    return response.text()
  }
