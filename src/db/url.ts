import { AppError } from '../errors.ts'

/** How a connection is encrypted: not at all, if the server offers it, always, or always and with a certificate that is checked. */
export type Encryption = 'off' | 'preferred' | 'unverified' | 'verified'

/** A connection string, taken apart into what our drivers have in common. */
export type Target = {
  /** The connection string without its parameters, since each driver makes something else of those it does not know. */
  url: string
  encryption: Encryption
  /** Whether a pooler gives each transaction another session, so that nothing can be set or prepared for later. */
  isPooled: boolean
  /** Settings of the session: what the connection string asks for, and formats that do not depend on the server's settings. */
  session: Record<string, string>
}

/** A host that is this machine. */
export const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|)$/

// The words of libpq (PostgreSQL manual, 34.1.2), and node-postgres' no-verify. Encryption without a check of the certificate keeps
// nobody out who can get in between, so `require` means what it means to node-postgres: verified.
const SSL_MODES: Record<string, Encryption> = {
  disable: 'off',
  allow: 'preferred',
  prefer: 'preferred',
  'no-verify': 'unverified',
  require: 'verified',
  'verify-ca': 'verified',
  'verify-full': 'verified',
}

/**
 * Takes a connection string apart. Other hosts than this machine are reached with TLS and a certificate that is checked, unless
 * `sslmode` says otherwise. Of the other parameters `application_name` and `options` are kept, and `pgbouncer=true` marks a
 * transaction pooler, as `-pooler` in Neon's host names and Supabase's port 6543 do. Throws `misconfigured` for an unknown `sslmode`.
 */
export function targetOf(connectionString: string): Target {
  const url = new URL(connectionString)
  const parameters = url.searchParams
  const mode = parameters.get('sslmode') ?? (LOOPBACK.test(url.hostname) ? 'disable' : 'verify-full')
  const encryption = SSL_MODES[mode]
  if (!encryption) {
    const known = Object.keys(SSL_MODES).join(', ')
    throw new AppError('misconfigured', `sslmode in DATABASE_URL must be one of: ${known}.`)
  }
  const isPooled =
    parameters.get('pgbouncer') === 'true' || url.port === '6543' || /-pooler\./.test(url.hostname)
  const kept = ['application_name', 'options'].flatMap((name) => {
    const value = parameters.get(name)
    return value ? [[name, value]] : []
  })
  const session = { DateStyle: 'ISO, MDY', TimeZone: 'UTC', ...Object.fromEntries(kept) }
  url.search = ''
  return { url: url.href, encryption, isPooled, session }
}
