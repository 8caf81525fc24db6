import { createHash } from 'node:crypto'

/** Returns a new token: 256 random bits in base64url. */
export const newToken = (): string => encode(crypto.getRandomValues(new Uint8Array(32)))

/** Whether `text` has the form of a token. */
export const isToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

/**
 * Returns the SHA-256 of a secret in base64url, which is stored instead of it. A secret of 256 random bits needs no salt and
 * no slow hash. By `node:crypto`, since WebCrypto takes three times as long to hash so little on another thread.
 */
export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

const encode = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
