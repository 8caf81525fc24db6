import { delimiter, join, resolve } from 'node:path'
import { program } from './programs.ts'

const PROJECT = resolve(import.meta.dir, '../..')

/** Runs wrangler in the project with `args`, attached to the terminal unless `quiet`, and returns its exit code. */
export async function wrangler(
  args: string[],
  { env = {}, quiet = false }: { env?: Record<string, string>; quiet?: boolean } = {},
): Promise<number> {
  const command = [...(await runtimeFor(args)), await program('wrangler'), ...args]
  const child = Bun.spawn(command, {
    cwd: PROJECT,
    env: { ...process.env, ...OFFLINE, ...env, PATH: pathWithBun() },
    stdio: ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'],
  })
  return child.exited
}

// What only bundles or looks at files runs on Bun, which is there already; the rest needs a recent Node.
async function runtimeFor(args: string[]): Promise<string[]> {
  const isLocal = args[0] === 'types' || args.includes('--dry-run')
  return isLocal ? [process.execPath, '--bun'] : [await program('node')]
}

// Everything that wrangler would tell or ask anybody about this machine, or for its own sake.
const OFFLINE = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true', // the check for updates belongs to the banner
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

// wrangler.toml's build command is run by the name of `bun`.
const pathWithBun = () => [join(PROJECT, 'node_modules/.bin'), process.env.PATH].join(delimiter)

if (import.meta.main) process.exit(await wrangler(process.argv.slice(2)))
