/** Returns a new token: 256 random bits in base64url. */
export const newToken = (): string => encode(crypto.getRandomValues(new Uint8Array(32)))

/** Whether `text` has the form of a token. */
export const isToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

/** What is stored in a secret's stead: its SHA-256 in base64url. A secret of 256 random bits needs no salt and no slow hash. */
export async function digest(secret: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))))
}

const encode = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
