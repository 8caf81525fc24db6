import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { app } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { docsRoutes } from '../../src/http/docs.ts'
import type { Services } from '../../src/http/env.ts'

// What wrangler.toml's build command does: it writes the docs page's files for Cloudflare to serve. They are the app's own
// answers with the app's own headers, so that the page is the same whoever serves it.
const TARGET = resolve(import.meta.dir, '../../dist/assets')
const OF_ONE_ANSWER = ['content-type', 'content-length', 'x-request-id', 'vary']

rmSync(TARGET, { recursive: true, force: true })
const headers: string[] = []
for (const path of new Set(docsRoutes.routes.map((route) => route.path))) {
  const response = await app.request(path, {}, services())
  if (!response.ok) throw new Error(`${path} answers ${response.status}`)
  write(extname(path) ? path : `${path}.html`, await response.text())
  headers.push(path, ...[...response.headers].filter(isOfEveryAnswer).map((pair) => `  ${pair.join(': ')}`))
}
write('_headers', `${headers.join('\n')}\n`)

function services(): Services {
  const config = loadConfig({ DATABASE_URL: 'postgres://none/none', LOG: 'off' })
  return { config, db: null as unknown as Services['db'] } // no page asks the database
}

function isOfEveryAnswer([name]: [string, string]): boolean {
  return !OF_ONE_ANSWER.includes(name.toLowerCase())
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(TARGET, file)), { recursive: true })
  writeFileSync(join(TARGET, file), text)
}
