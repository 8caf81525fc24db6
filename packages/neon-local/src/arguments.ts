import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Options } from './options.ts'
import { isOrigin } from './origin.ts'
import { DEFAULT_PORT } from './settings.ts'
import { OptionError, readUpstream } from './upstream.ts'

export const HELP = `Usage: neon-local --upstream postgres://user:password@host:5432/database [options]

  --upstream URL         the Postgres to serve; NEON_LOCAL_UPSTREAM keeps its password out of the list of processes
  --port 4444            the port to listen on, or NEON_LOCAL_PORT; 0 for any free one
  --host 127.0.0.1       the address to listen on
  --allow-origin ORIGIN  a web origin whose pages may use it, such as http://localhost:5173; may be repeated
  --allow-host NAME      a name in Host to serve besides those of loopback; may be repeated
  --jwks FILE            the keys of JWTs, as a file or a URL
  --jwt-role NAME        a role for holders of JWTs instead of authenticated and anonymous; may be repeated
  --tls-cert FILE        with --tls-key FILE: serve encrypted connections only
  --show-password        print the upstream's password with the connection string
  --help`

/** The command line of `neon-local`. */
export type Arguments = Omit<Options, 'upstream'> & {
  port: number
  hostname: string
  upstream: string | undefined
  showPassword: boolean
  help: boolean
}

const text = { type: 'string' } as const
const texts = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

/** Reads the command line. Throws `OptionError` with a sentence for a mistake in it. */
export function readArguments(args: string[], env: NodeJS.ProcessEnv): Arguments {
  const values = parse(args)
  const upstream = values.upstream ?? (env.NEON_LOCAL_UPSTREAM || undefined)
  if (upstream !== undefined) readUpstream(upstream)
  const { 'allow-origin': allowOrigins = [], 'allow-host': allowHosts = [], 'jwt-role': jwtRoles } = values
  if (!allowOrigins.every(isOrigin)) {
    throw new OptionError(
      '--allow-origin must be one origin, without a path or a wildcard: http://localhost:5173.',
    )
  }
  return {
    upstream,
    port: readPort(values.port ?? (env.NEON_LOCAL_PORT || String(DEFAULT_PORT))),
    hostname: values.host ?? '127.0.0.1',
    allowOrigins,
    allowHosts,
    ...readCertificate(values['tls-cert'], values['tls-key']),
    ...(values.jwks === undefined ? {} : { jwks: values.jwks }),
    ...(jwtRoles === undefined ? {} : { jwtRoles }),
    showPassword: values['show-password'] ?? false,
    help: values.help ?? false,
  }
}

function parse(args: string[]) {
  const options = {
    upstream: text,
    port: text,
    host: text,
    'allow-origin': texts,
    'allow-host': texts,
    jwks: text,
    'jwt-role': texts,
    'tls-cert': text,
    'tls-key': text,
    'show-password': flag,
    help: flag,
  }
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    // Node's sentence would repeat the argument, which may be a URL with its password.
    const isPositional = code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    const sentence = isPositional ? 'A Postgres URL goes after --upstream' : message.split('. ')[0]
    throw new OptionError(`${sentence}.\n\n${HELP}`)
  }
}

function readPort(given: string): number {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN
  if (!(port <= 65535)) {
    throw new OptionError(
      'The port must be a number from 0 (any free one) to 65535: see NEON_LOCAL_PORT or --port.',
    )
  }
  return port
}

function readCertificate(cert: string | undefined, key: string | undefined): Pick<Options, 'tls'> {
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined || key === undefined) throw new OptionError('--tls-cert and --tls-key go together.')
  return { tls: { cert: read('--tls-cert', cert), key: read('--tls-key', key) } }
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new OptionError(`${option} ${JSON.stringify(file)} can't be read.`)
  }
}
