import { type Arguments, HELP, readArguments } from './arguments.ts'
import type { NeonLocal } from './options.ts'
import { startNeonLocal } from './server.ts'
import { OptionError } from './upstream.ts'

/**
 * The command `neon-local`: serves until SIGINT or SIGTERM. Resolves with the exit code, after a sentence on stderr where it
 * is not 0. A program around it can find the upstream itself where the command line names none.
 */
export async function runCommand(
  args: string[],
  findUpstream?: (port: number) => Promise<string>,
): Promise<number> {
  try {
    const { help, showPassword, upstream, ...given } = readArguments(args, process.env)
    if (help) {
      console.log(HELP)
      return 0
    }
    const found = upstream ?? (await findUpstream?.(given.port))
    if (found === undefined) throw new OptionError(`--upstream is missing.\n\n${HELP}`)
    const local = await listen({ ...given, upstream: found })
    console.log(banner(local, showPassword))
    await stopped()
    await local.stop()
    return 0
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    console.error(error.message)
    return 1
  }
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

type Listening = Omit<Arguments, 'help' | 'showPassword'> & { upstream: string }

async function listen(options: Listening): Promise<NeonLocal> {
  const { port, hostname } = options
  try {
    return await startNeonLocal(options)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE') {
      throw new OptionError(`Port ${port} is in use; choose another with NEON_LOCAL_PORT or --port.`)
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new OptionError(
        `This program may not listen on ${hostname}:${port}; choose others with --host and --port.`,
      )
    }
    throw error
  }
}

function banner(local: NeonLocal, showPassword: boolean): string {
  const url = new URL(local.connectionString())
  const isHidden = url.password !== '' && !showPassword
  if (isHidden) url.password = '****'
  const hint = isHidden ? "\n  The password is the upstream's; --show-password prints it.\n" : ''
  const { host, protocol } = new URL(local.url)
  return `
  Neon's protocol and Postgres's own are served at ${local.url}

    DATABASE_URL=${url.href}
${hint}
  The settings that Neon's driver needs; psql, pg and drizzle-kit need none:

    import { neonConfig } from "@neondatabase/serverless"
    neonConfig.fetchEndpoint = "${local.url}/sql"
    neonConfig.wsProxy = "${host}/v2"
    neonConfig.useSecureWebSocket = ${protocol === 'https:'}
`
}
