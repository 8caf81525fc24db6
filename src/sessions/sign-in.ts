import { attempted } from '../access/attempts.ts'
import type { SessionRules } from '../access/caller.ts'
import type { Charge } from '../access/charge.ts'
import { digest, newToken } from '../access/token.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { noteEvent } from '../db/work.ts'
import { AppError } from '../errors.ts'
import { addressBlock } from '../http/address.ts'
import type { Client } from '../http/client.ts'
import { hashPassword, needsRehash } from '../identity/password.ts'
import type { Turn } from '../identity/queue.ts'
import { type Candidate, takeAttempt } from './candidate.ts'
import { openSession } from './open-session.ts'
import type { Credentials } from './schema.ts'

/** The settings that decide about sign-ins. */
export type SignInSettings = SessionRules & Pick<Config, 'scrypt'>

/**
 * Signs a user in and returns the token, shown this once. Throws `bad_credentials` alike for an unknown user and a wrong
 * password, `suspended` for the right password of a suspended user, `too_many_attempts` and `unavailable` before any hash.
 */
export async function signIn(db: Db, client: Client, credentials: Credentials, settings: SignInSettings) {
  const attempt = () => trySignIn(db, client, credentials, settings)
  // The stored hash may have changed: a new password, or a concurrent rehash. A second try tells which.
  const signedIn = (await attempt()) ?? (await attempt())
  if (!signedIn) throw badCredentials()
  return signedIn
}

async function trySignIn(
  db: Db,
  client: Client,
  { username, password }: Credentials,
  settings: SignInSettings,
) {
  const block = addressBlock(client.ip)
  const { candidate, isKnownPlace, charge } = await takeAttempt(db, block, username)
  const turn: Turn = { kind: isKnownPlace ? 'known' : 'stranger', block, signal: client.signal }
  return attempted(db, { charge, turn }, async (verify) => {
    const isRight = await verify(password, candidate?.passwordHash ?? null, settings.scrypt)
    if (!candidate || !isRight || candidate.suspended) noteEvent('sign_in_failed', candidate?.id)
    if (!candidate || !isRight) throw badCredentials()
    if (candidate.suspended) throw new AppError('suspended', 'This account is suspended.')
    return admit(db, client, { candidate, charge, turn, password }, settings)
  })
}

type Admission = { candidate: Candidate; charge: Charge; turn: Turn; password: string }

async function admit(
  db: Db,
  client: Client,
  { candidate, charge, turn, password }: Admission,
  settings: SignInSettings,
) {
  const { passwordHash: oldHash, ...user } = candidate
  const newHash = needsRehash(oldHash, settings.scrypt)
    ? await hashPassword(password, settings.scrypt, turn)
    : oldHash
  const token = newToken()
  const tokenDigest = digest(token)
  const { block } = turn
  const opening = { userId: user.id, oldHash, newHash, charge, block, tokenDigest, rules: settings }
  const expiresAt = await openSession(db, client, opening)
  if (!expiresAt) return null
  noteEvent('signed_in', user.id)
  return { token, expiresAt, user }
}

const badCredentials = () => new AppError('bad_credentials', 'The user name or the password is wrong.')
