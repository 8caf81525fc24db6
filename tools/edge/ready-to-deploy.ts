import { isLoopback } from '@hearth/neon-local'
import wranglerToml from '../../wrangler.toml'
import { runTool, ToolError } from '../error.ts'
import { wranglerQuietly } from './wrangler.ts'

// The first step of `make deploy`: what would stop it later is said before anything is done.
await runTool(async () => {
  const environment = process.argv[2] ?? ''
  const known = Object.keys((wranglerToml as { env: object }).env)
  if (!known.includes(environment))
    throw new ToolError(
      `wrangler.toml has no environment of this name: set STAGE to one of ${known.join(', ')}.`,
    )
  assertDatabaseUrl(process.env.DATABASE_URL)
  const { exitCode } = await wranglerQuietly(['whoami', '--json'])
  if (exitCode !== 0) {
    throw new ToolError(
      "wrangler is not logged in to Cloudflare, or can't reach it: run `make wrangler ARGS=login`, or set CLOUDFLARE_API_TOKEN.",
    )
  }
  return 0
})

function assertDatabaseUrl(url: string | undefined): void {
  const must =
    'it must be the direct connection string of the database to bring up to date before the Worker that needs it'
  if (!url) throw new ToolError(`DATABASE_URL is not set: ${must}.`)
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new ToolError(`DATABASE_URL is not a connection string: ${must}.`)
  if (isLoopback(new URL(url).hostname)) throw new ToolError(`DATABASE_URL names this machine: ${must}.`)
}
