import { loadConfig, variables } from '../../src/config.ts'
import { runTool } from '../error.ts'
import { migrateDevelopment } from '../migrate/development.ts'
import { runAttached } from './child.ts'
import { program } from './programs.ts'

/**
 * The command that runs the app on Deno with the least it may do: listen on its own address, speak to its database, and read
 * its own variables and those of Postgres clients. `env` is what it will run with.
 */
export async function denoCommand(env: Record<string, string | undefined>): Promise<string[]> {
  const { host, port, databaseUrl, pwnedPasswords } = loadConfig(env)
  const database = new URL(databaseUrl)
  return [
    await program('deno'),
    'run',
    '--no-prompt',
    '--cached-only', // the packages are those in node_modules
    `--allow-net=${host.includes(':') ? `[${host}]` : host}:${port},${database.hostname}:${database.port || 5432}${pwnedPasswords === 'on' ? ',api.pwnedpasswords.com:443' : ''}`,
    `--allow-env=${variables},PG*`,
    'src/entry/deno.ts',
  ]
}

// What `make deno` does: the database, its migrations, then the app.
if (import.meta.main) {
  await runTool(async () => {
    const env = { ...process.env, DATABASE_URL: await migrateDevelopment(), DENO_NO_UPDATE_CHECK: '1' }
    return runAttached(await denoCommand(env), { env })
  })
}
