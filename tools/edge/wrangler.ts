import { delimiter, join, resolve } from 'node:path'
import { runTool } from '../error.ts'
import { runAttached } from './child.ts'
import { program } from './programs.ts'

const PROJECT = resolve(import.meta.dir, '../..')

/** Runs wrangler in the project, attached to the terminal, and returns its exit code. `variables` are added to its environment. */
export async function wrangler(args: string[], variables: Record<string, string> = {}): Promise<number> {
  return runAttached(await commandFor(args), { cwd: PROJECT, env: environment(variables) })
}

/** Runs wrangler in the project without a word, and returns its exit code and what it printed. */
export async function wranglerQuietly(args: string[]): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn(await commandFor(args), {
    cwd: PROJECT,
    env: environment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output: `${stdout}${stderr}`.trim() }
}

// What only bundles or looks at files runs on Bun, which is there already; the rest needs a recent Node.
async function commandFor(args: string[]): Promise<string[]> {
  const isLocal = args[0] === 'types' || args.includes('--dry-run')
  const runtime = isLocal ? [process.execPath, '--bun'] : [await program('node')]
  return [...runtime, await program('wrangler'), ...args]
}

function environment(variables: Record<string, string>): Record<string, string | undefined> {
  return {
    ...process.env,
    // Nobody is told or asked anything about this machine for wrangler's own sake.
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true', // the check for updates belongs to the banner
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    ...variables,
    PATH: [join(PROJECT, 'node_modules/.bin'), process.env.PATH].join(delimiter), // wrangler.toml's build command asks for `bun`
  }
}

if (import.meta.main) await runTool(() => wrangler(process.argv.slice(2)))
