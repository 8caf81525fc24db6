import { readFile } from 'node:fs/promises'
import type { JWTVerifyGetKey } from 'jose'
import { createAuthSchema } from './auth-schema.ts'
import { HttpError } from './errors.ts'
import type { Credentials, Pools } from './pools.ts'
import type { Caller } from './request.ts'
import type { Statement } from './statement.ts'
import { OptionError, type Upstream } from './upstream.ts'

/** How a caller is served: over a session with these credentials, which runs `prelude` before the caller's SQL. */
export type Admission = { credentials: Credentials; prelude?: Statement }

/** Admits the sender of a request. Throws `HttpError` with status 400 for a JWT that is not valid, as Neon's proxy does. */
export type Admit = (caller: Caller) => Promise<Admission>

/** The keys of JWTs, as a file, a URL or the JWKS itself, and the roles that their holders may take. */
export type JwtOptions = { jwks: string | { keys: object[] }; roles: readonly string[] }

/** The roles for holders of JWTs unless others are named, as at Neon. */
export const JWT_ROLES = ['authenticated', 'anonymous']

const CLOCK_SKEW_SECONDS = 30 // as Neon's proxy (proxy/src/auth/backend/jwt.rs)

/**
 * Admits callers with passwords, whom Postgres checks, and callers with JWTs, who are checked here: their sessions have the
 * upstream's credentials, the role of the connection string, and the claims for `auth.user_id()`. Creates that function in
 * the upstream's database. Rejects with `OptionError` when the keys or the database cannot be read.
 */
export async function createAdmission(
  jwt: JwtOptions | undefined,
  upstream: Upstream,
  pools: Pools,
): Promise<Admit> {
  const verify = jwt && (await createVerifier(jwt.jwks))
  const prepared = new Map<string, Promise<void>>()

  function prepare(database: string): Promise<void> {
    const known = prepared.get(database)
    if (known) return known
    const work = createAuthSchema(pools, credentialsOf(upstream, database))
    prepared.set(database, work)
    work.catch(() => prepared.delete(database))
    return work
  }

  if (jwt) {
    await prepare(upstream.database).catch((error: Error) => {
      throw new OptionError(
        `auth.user_id() could not be created in the upstream's database: ${error.message}`,
      )
    })
  }

  return async (caller) => {
    if (caller.kind === 'password') return { credentials: caller.credentials }
    if (!verify || !jwt)
      throw new HttpError(400, 'authentication by JWT needs the keys: name them with --jwks')
    const { token, role, database } = caller
    if (!jwt.roles.includes(role)) {
      throw new HttpError(400, `JWTs are not for the role ${JSON.stringify(role)}: name it with --jwt-role`)
    }
    const claims = await verify(token)
    await prepare(database)
    return {
      credentials: credentialsOf(upstream, database),
      prelude: {
        text: `select set_config('request.jwt.claims', $1, false), set_config('role', $2, false)`,
        values: [JSON.stringify(claims), role],
      },
    }
  }
}

async function createVerifier(jwks: JwtOptions['jwks']): Promise<(token: string) => Promise<object>> {
  const { createLocalJWKSet, createRemoteJWKSet, jwtVerify } = await import('jose')
  const isUrl = typeof jwks === 'string' && /^https?:/.test(jwks)
  let keys: JWTVerifyGetKey
  try {
    if (isUrl) keys = createRemoteJWKSet(new URL(jwks))
    else keys = createLocalJWKSet(typeof jwks === 'string' ? JSON.parse(await readFile(jwks, 'utf8')) : jwks)
  } catch {
    throw new OptionError(`The JWKS ${typeof jwks === 'string' ? JSON.stringify(jwks) : ''} can't be read.`)
  }
  return async (token) => {
    try {
      return (await jwtVerify(token, keys, { clockTolerance: CLOCK_SKEW_SECONDS })).payload
    } catch (error) {
      throw new HttpError(400, `the JWT is not valid: ${(error as Error).message}`)
    }
  }
}

const credentialsOf = ({ user, password }: Upstream, database: string): Credentials => ({
  user,
  password,
  database,
  options: undefined,
  application_name: undefined,
})
