import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { globSync } from 'tinyglobby'
import { DRIZZLE_TABLE } from './folder.ts'
import { loadModule } from './load-module.ts'
import type { Place } from './plan/sql.ts'
import { Refusal } from './refusal.ts'
import { shownPath } from './script.ts'

/** What drizzle.config says, of which this tool needs to know. */
export type Config = { folder: string; table: Place; models: string[]; url: string | undefined }

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `drizzle.config.${ending}`)

/**
 * Reads the project's drizzle.config; without one, migrations are in `drizzle` and nothing else is known. Throws `usage` for a file that
 * is not there, is no configuration, or is about another database than Postgres.
 */
export async function readConfig(cwd: string, named?: string): Promise<Config> {
  const path = named ? resolve(cwd, named) : NAMES.map((name) => join(cwd, name)).find((it) => existsSync(it))
  if (!path) return configOf({}, cwd)
  if (!existsSync(path)) throw new Refusal('usage', `There is no file ${shownPath(path)}.`)
  const { default: found = {} } = await loadModule(path).catch((error: Error) => {
    throw new Refusal('usage', `${shownPath(path)} can't be read: ${error.message}`)
  })
  const given = found as Given
  if (given.dialect !== undefined && given.dialect !== 'postgresql') {
    throw new Refusal(
      'usage',
      `${shownPath(path)} is for ${given.dialect}; this tool migrates PostgreSQL only.`,
    )
  }
  return configOf(given, cwd)
}

/** The files of the models: each pattern of `schema` names files, or a folder with files in it. Throws `usage` where there are none. */
export function modelFiles(patterns: string[], cwd: string): string[] {
  const files = patterns.flatMap((pattern) => {
    const path = resolve(cwd, pattern)
    if (existsSync(path) && !statSync(path).isDirectory()) return [path]
    const within = existsSync(path) ? `${pattern}/*.{ts,mts,cts,js,mjs,cjs}` : pattern
    return globSync(within.replace(/^\.\//, ''), { cwd, absolute: true, expandDirectories: false })
  })
  if (files.length > 0) return [...new Set(files)].sort()
  const what =
    patterns.length > 0
      ? `No file fits ${patterns.join(', ')}`
      : 'No drizzle.config says where the models are'
  throw new Refusal('usage', `${what}: set \`schema\` in drizzle.config.ts, or give --models src/schema.ts.`)
}

type Given = {
  dialect?: string
  schema?: string | string[]
  out?: string
  migrations?: { table?: string; schema?: string }
  dbCredentials?: {
    url?: string
    host?: string
    port?: number
    user?: string
    password?: string
    database?: string
  }
}

function configOf(
  { schema = [], out = 'drizzle', migrations = {}, dbCredentials = {} }: Given,
  cwd: string,
): Config {
  return {
    folder: resolve(cwd, out),
    table: {
      schema: migrations.schema ?? DRIZZLE_TABLE.schema,
      name: migrations.table ?? DRIZZLE_TABLE.name,
    },
    models: [schema].flat(),
    url: urlOf(dbCredentials),
  }
}

function urlOf({ url, host, port = 5432, user, password, database }: NonNullable<Given['dbCredentials']>) {
  if (url || !host || !database) return url
  const made = new URL(`postgres://${host}:${port}/${encodeURIComponent(database)}`)
  if (user) made.username = encodeURIComponent(user)
  if (password) made.password = encodeURIComponent(password)
  return made.href
}
