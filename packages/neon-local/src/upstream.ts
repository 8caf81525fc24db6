import { readFileSync } from 'node:fs'
import { isLoopback } from './settings.ts'

/** The Postgres server behind the endpoint, as its URL describes it. */
export type Upstream = {
  /** A name or an address, or the folder of a Unix socket, which begins with `/`. */
  host: string
  port: number
  user: string
  password: string
  database: string
  encryption: 'never' | 'if offered' | 'always'
  /** How the server's certificate is checked, in the terms of node:tls. */
  checks: { rejectUnauthorized: boolean; ca?: string; checkServerIdentity?: () => undefined }
  /** `options` and `application_name`: the parts of the URL that a client sends again. */
  session: [name: string, value: string][]
}

/** An option that the endpoint cannot follow. Its message is a sentence for the person who gave it. */
export class OptionError extends Error {
  override name = 'OptionError'
  readonly code = 'INVALID_OPTION'
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof SSL_MODES)[number]

const CONNECTION = ['host', 'port', 'sslmode', 'sslrootcert', 'channel_binding']
const SESSION = ['options', 'application_name']

/**
 * Reads a Postgres URL as libpq does (PostgreSQL manual, 32.1). Throws `OptionError` for everything it does not support:
 * an ignored parameter could be the one that asks for encryption.
 */
export function readUpstream(text: string): Upstream {
  const url = parse(text)
  const parameters = readParameters(url)
  const given = parameters.get('host') ?? decode(url.hostname)
  const host = given.replace(/^\[|\]$/g, '') || '127.0.0.1'
  if (host.includes(',')) throw new OptionError('The upstream must be one host, not a list.')
  const port = Number(parameters.get('port') ?? (url.port || 5432))
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new OptionError("The upstream's port must be a number from 1 to 65535.")
  }
  const user = decode(url.username)
  return {
    host,
    port,
    user,
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || user,
    ...readEncryption(host, parameters),
    session: [...parameters].filter(([name]) => SESSION.includes(name)),
  }
}

/** Where to connect to, in the terms of node:net. */
export function addressOf({ host, port }: Upstream): { path: string } | { host: string; port: number } {
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

/** The upstream's name in messages. */
export function nameOf(upstream: Upstream): string {
  const address = addressOf(upstream)
  return 'path' in address ? address.path : `${address.host}:${address.port}`
}

function parse(text: string): URL {
  // libpq allows a user without a host where `host=` names one; WHATWG's URL does not.
  const complete = text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[:/?]|$)/, '$1localhost')
  if (!URL.canParse(complete) || !/^postgres(ql)?:$/.test(new URL(complete).protocol)) {
    throw new OptionError('The upstream must look like postgres://user:password@host:5432/database.')
  }
  return new URL(complete)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new OptionError('The upstream has a % that does not begin an escape: write %25 for it.')
  }
}

function readParameters({ searchParams }: URL): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [name, value] of searchParams) {
    if (![...CONNECTION, ...SESSION].includes(name)) {
      throw new OptionError(`The upstream has the parameter ${JSON.stringify(name)}, which is not supported.`)
    }
    if (parameters.has(name)) throw new OptionError(`The upstream has the parameter "${name}" twice.`)
    parameters.set(name, value)
  }
  if (parameters.get('channel_binding') === 'require') {
    throw new OptionError('The upstream asks for channel_binding=require, which is not supported.')
  }
  return parameters
}

function readEncryption(
  host: string,
  parameters: Map<string, string>,
): Pick<Upstream, 'encryption' | 'checks'> {
  const isLocal = host.startsWith('/') || isLoopback(host)
  const mode = (parameters.get('sslmode') ?? (isLocal ? 'disable' : 'prefer')) as SslMode
  if (!SSL_MODES.includes(mode))
    throw new OptionError(`The upstream's sslmode must be one of ${SSL_MODES.join(', ')}.`)
  const isDemanded = ['require', 'verify-ca', 'verify-full'].includes(mode)
  if (isDemanded && host.startsWith('/')) {
    throw new OptionError(`The upstream asks for sslmode=${mode}, which a Unix socket does not have.`)
  }
  const file = parameters.get('sslrootcert')
  const isChecked = mode.startsWith('verify') || (mode === 'require' && file !== undefined)
  const encryption = isDemanded
    ? 'always'
    : mode === 'disable' || host.startsWith('/')
      ? 'never'
      : 'if offered'
  const root = file === undefined || file === 'system' ? {} : { ca: readCertificate(file) }
  const anyName = mode === 'verify-full' || file === 'system' ? {} : { checkServerIdentity: () => undefined }
  return { encryption, checks: { rejectUnauthorized: isChecked, ...root, ...anyName } }
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new OptionError(`The upstream's sslrootcert ${JSON.stringify(file)} can't be read.`)
  }
}
