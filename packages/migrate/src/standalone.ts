import { resolve } from 'node:path'
import { modelFiles, readConfig } from './config.ts'
import { loadModule } from './load-module.ts'
import type { Project } from './project.ts'
import { Refusal } from './refusal.ts'

type DevPostgres = {
  startPostgres: (folder: string, databases: string[]) => Promise<{ url: (name: string) => string }>
}
type Environment = Record<string, string | undefined>

/** The project in a folder, as its drizzle.config and the environment describe it. `named`: another file than drizzle.config.*. */
export async function standalone(
  cwd: string,
  named?: string,
  env: Environment = process.env,
): Promise<Project> {
  const config = await readConfig(cwd, named)
  return {
    folder: config.folder,
    table: config.table,
    models: async () => {
      const modules = await Promise.all(modelFiles(config.models, cwd).map(loadModule))
      // By number, since two files may give one name to two things.
      return Object.fromEntries([...new Set(modules.flatMap((module) => Object.values(module)))].entries())
    },
    database: async () =>
      valid(
        env.DATABASE_URL || config.url,
        'Set DATABASE_URL, or dbCredentials in drizzle.config.ts, to the database to work on',
      ),
    scratch: () => scratchServer(cwd, env),
  }
}

/** The server for scratch databases: SCRATCH_URL's, else one that @hearth/dev-postgres starts. Throws `usage` where there is neither. */
export async function scratchServer(cwd: string, env: Environment = process.env): Promise<string> {
  const advice = 'Set SCRATCH_URL to a server on which databases can be made'
  if (env.SCRATCH_URL) return valid(env.SCRATCH_URL, advice)
  const name = '@hearth/dev-postgres' // by a variable, since not every project has it
  const { startPostgres }: DevPostgres = await import(name).catch(() => {
    throw new Refusal('usage', `${advice}, or install ${name}, or give --no-proof.`)
  })
  return (await startPostgres(resolve(cwd, '.data'), [])).url('postgres')
}

function valid(url: string | undefined, advice: string): string {
  if (url && /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url
  throw new Refusal(
    'usage',
    `${advice}: postgres://user:password@host:5432/database, with % in a password written %25.`,
  )
}
