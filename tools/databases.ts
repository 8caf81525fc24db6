import { resolve } from 'node:path'
import { DevPostgresError, type Server, startPostgres } from '@hearth/dev-postgres'
import { isDatabaseUrl } from '../src/config.ts'
import { ToolError } from './error.ts'

/** The two databases of a checkout; a purpose is also the argument that asks for its connection string. */
export const DATABASES = { development: 'backend_db', test: 'backend_test_db' } as const
type Purpose = keyof typeof DATABASES
type Environment = Record<string, string | undefined>

const VARIABLES = { development: 'DATABASE_URL', test: 'DATABASE_TEST_URL' } as const

/** The folder of the embedded server's data: `DATA_DIR`, or `.data` in the project. */
export function dataDir(env: Environment = process.env): string {
  return resolve(import.meta.dir, '..', env.DATA_DIR || '.data')
}

/**
 * The connection string of the development or the test database: the one the environment names, else one of the embedded
 * server, which is started when needed. Throws `ToolError` for a URL that is none, and for one database under both names.
 */
export async function databaseUrl(purpose: Purpose, env: Environment = process.env): Promise<string> {
  const named = { development: identity('development', env), test: identity('test', env) }
  if (named.development && named.development === named.test) {
    throw new ToolError(
      'DATABASE_TEST_URL names the same database as DATABASE_URL. Tests need a separate database: set DATABASE_TEST_URL to another one, or unset it to use the embedded server.',
    )
  }
  const given = env[VARIABLES[purpose]]
  if (given) return given
  const server = await embeddedServer(Object.values(DATABASES), env)
  return server.url(DATABASES[purpose])
}

/** The embedded server with `databases`; it is started when needed. Throws `DevPostgresError`, and `ToolError` for an unusable folder. */
export async function embeddedServer(
  databases: string[] = [],
  env: Environment = process.env,
): Promise<Server> {
  const make = env.DATA_DIR ? `DATA_DIR='${env.DATA_DIR}' make` : 'make'
  const newPassword = `${process.execPath} packages/dev-postgres/src/cli.ts new-password --dir '${dataDir(env)}'`
  try {
    return await startPostgres(dataDir(env), databases, {
      commands: { stop: `${make} db-stop`, reset: `${make} db-reset`, newPassword },
    })
  } catch (error) {
    if (!(error instanceof DevPostgresError && error.code === 'unusable_folder')) throw error
    throw new ToolError(`${error.message} Here: set DATA_DIR to a folder of yours.`)
  }
}

// Two strings can name one database: by another spelling of the host, the default port, or Neon's pooled host.
function identity(purpose: Purpose, env: Environment): string | null {
  const given = env[VARIABLES[purpose]]
  if (!given) return null
  if (!isDatabaseUrl(given)) {
    throw new ToolError(
      `${VARIABLES[purpose]} must look like postgres://user:password@host:5432/database, with % in a password written %25.`,
    )
  }
  const url = new URL(given)
  const host = url.hostname
    .toLowerCase()
    .replace(/^(127\.\d+\.\d+\.\d+|\[::1\])$/, 'localhost')
    .replace(/^([^.]+)-pooler\./, '$1.')
  return `${host}:${url.port || 5432}${decodeURIComponent(url.pathname)}`
}
