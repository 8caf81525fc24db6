import { parseArgs } from 'node:util'
import { isOrigin } from './origin.ts'
import { type NeonLocal, type Options, startNeonLocal } from './server.ts'
import { DEFAULT_PORT, isLoopback } from './settings.ts'

// What `make neon` does: serves until SIGINT or SIGTERM. Needs nothing outside this folder when it is given an upstream.
const USAGE =
  'Usage: bun tools/neon-local/cli.ts [--upstream postgres://user:password@host:5432/database] [--port 4444] [--host 127.0.0.1]\n' +
  '  [--allow-origin http://localhost:5173]... [--allow-host name]...'

const { upstream, ...listening } = readArguments()
const local = await listen({ ...listening, upstream: upstream ?? (await ownDatabase(listening.port)) })
console.log(banner(local))
await new Promise<void>((resolve) => {
  process.once('SIGINT', () => resolve())
  process.once('SIGTERM', () => resolve())
})
await local.stop()

type Arguments = Required<Pick<Options, 'port' | 'hostname' | 'allowOrigins' | 'allowHosts'>> & {
  upstream?: string | undefined
}

function readArguments(): Arguments {
  const values = parseOrRefuse()
  const port = Number(values.port ?? (process.env.NEON_LOCAL_PORT || DEFAULT_PORT))
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    refuse('The port must be a number from 0 (any free one) to 65535: see NEON_LOCAL_PORT or --port.')
  }
  if (values.upstream !== undefined && !isPostgresUrl(values.upstream)) {
    refuse('--upstream must look like postgres://user:password@host:5432/database.')
  }
  const allowOrigins = values['allow-origin'] ?? []
  if (!allowOrigins.every(isOrigin)) {
    refuse('--allow-origin must be one origin, without a path or a wildcard: http://localhost:5173.')
  }
  const { upstream, host: hostname = '127.0.0.1', 'allow-host': allowHosts = [] } = values
  return { upstream, port, hostname, allowOrigins, allowHosts }
}

function parseOrRefuse() {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const options = { upstream: text, port: text, host: text, 'allow-origin': texts, 'allow-host': texts }
  try {
    return parseArgs({ options, strict: true }).values
  } catch {
    return refuse(USAGE)
  }
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
}

/** The project's development database, on the embedded server unless DATABASE_URL names another. */
async function ownDatabase(port: number): Promise<string> {
  const { DATABASE_URL, ...others } = process.env
  const isThisEndpoint = DATABASE_URL !== undefined && namesEndpoint(DATABASE_URL, port)
  const { runTool, databaseUrl } = await project()
  let url = ''
  await runTool(async () => {
    url = await databaseUrl('development', isThisEndpoint ? others : process.env)
    return 0
  })
  return url
}

// An app that speaks to this endpoint has its address in DATABASE_URL.
function namesEndpoint(databaseUrl: string, port: number): boolean {
  if (!URL.canParse(databaseUrl)) return false
  const url = new URL(databaseUrl)
  return isLoopback(url.hostname) && Number(url.port) === port
}

/** What this project has beside this folder; another that has a copy of the folder has not. */
async function project() {
  try {
    return { ...(await import('../error.ts')), ...(await import('../postgres/databases.ts')) }
  } catch {
    return refuse(USAGE)
  }
}

async function listen(options: Arguments & { upstream: string }): Promise<NeonLocal> {
  const { port, hostname } = options
  try {
    return await startNeonLocal(options)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE')
      refuse(`Port ${port} is in use; choose another with NEON_LOCAL_PORT or --port.`)
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      refuse(`This program may not listen on ${hostname}:${port}; choose others with --host and --port.`)
    }
    throw error
  }
}

function refuse(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

function banner(local: NeonLocal): string {
  return `
  Neon's protocol is served at ${local.url}

    DATABASE_URL=${local.connectionString()}

  The settings that an app needs:

    import { neonConfig } from '@neondatabase/serverless'
    neonConfig.fetchEndpoint = (host, port) => \`http://\${host}:\${port}/sql\`
    // and for Pool and Client:
    neonConfig.wsProxy = (host, port) => \`\${host}:\${port}/v2\`
    neonConfig.useSecureWebSocket = false
`
}
