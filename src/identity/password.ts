import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import type { ScryptCost } from '../config.ts'
import { waitingFor } from '../db/work.ts'
import { fairQueue, type Turn } from './queue.ts'

// A hash takes a core for a fifth of a second and 16 MiB; a flood of them must not take every thread and all memory.
// Two cores get through as many as may wait well before the app would give up on the last of them.
const inTurn = fairQueue({ running: 4, waiting: 32 })

/** The turn of an operator's own command, which no request competes with. */
export const OPERATOR: Turn = { kind: 'known', block: 'operator' }

/** What is stored for a user who has no password yet: no password matches it. */
export const NO_PASSWORD = '!'

const KEY_BYTES = 32
// The cap of workerd on N·r·p, so that a stored hash is one that every runtime can verify, and none can exhaust memory.
const LARGEST_COST = 2 ** 20
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/**
 * Hashes a normalised password with a new salt to a PHC string. Throws `unavailable` when too many others wait for a hash, and
 * the reason of the turn's signal when the request is over.
 */
export async function hashPassword(password: string, cost: ScryptCost, turn: Turn): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const key = await derive(password, salt, cost, turn)
  return `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(key)}`
}

/**
 * Whether `password`, normalised, is the one that `hash` was made from. Without a usable hash it takes the same time, so that
 * timing does not reveal which users exist. Throws like `hashPassword`.
 */
export async function verifyPassword(
  password: string,
  hash: string | null,
  cost: ScryptCost,
  turn: Turn,
): Promise<boolean> {
  const stored = hash === null ? null : parse(hash)
  const key = await derive(password, stored?.salt ?? new Uint8Array(16), stored?.cost ?? cost, turn)
  return stored !== null && timingSafeEqual(key, stored.key)
}

/** Whether `hash` was made at another cost than `cost`, and should be replaced while its password is at hand. */
export function needsRehash(hash: string, cost: ScryptCost): boolean {
  const stored = parse(hash)?.cost
  return stored?.N !== cost.N || stored.r !== cost.r || stored.p !== cost.p
}

type StoredHash = { cost: ScryptCost; salt: Uint8Array; key: Uint8Array }

function parse(hash: string): StoredHash | null {
  const [, ln, r, p, salt, key] = PHC.exec(hash) ?? []
  if (!salt || !key) return null
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) }
  const bounded = cost.N >= 2 && cost.r >= 1 && cost.p >= 1 && cost.N * cost.r * cost.p <= LARGEST_COST
  return bounded ? { cost, salt: Uint8Array.fromBase64(salt), key: Uint8Array.fromBase64(key) } : null
}

function derive(password: string, salt: Uint8Array, cost: ScryptCost, turn: Turn): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r } // twice what RFC 7914 needs
  const task = () =>
    new Promise<Buffer>((resolve, reject) => {
      scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
    })
  return waitingFor('hash', () => inTurn(turn, task))
}

// The PHC string format has base64 without padding.
const encode = (bytes: Uint8Array) => bytes.toBase64({ omitPadding: true })
