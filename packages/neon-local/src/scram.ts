import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** The client's part of one SCRAM-SHA-256 exchange, without channel binding (RFC 5802 and RFC 7677). */
export type Scram = {
  first: string
  /** The answer to the server's first message, or null when that is none, or not for this exchange. */
  answer: (serverFirst: string) => string | null
  /** Whether the server's last message proves that it knows the password too. */
  isGenuine: (serverFinal: string) => boolean
}

/** Begins an exchange. The user's name is left empty: Postgres takes it from the startup packet. */
export function beginScram(password: string): Scram {
  const nonce = randomBytes(18).toString('base64')
  const bare = `n=,r=${nonce}`
  let signature: string | undefined
  return {
    first: `n,,${bare}`,
    answer(serverFirst) {
      const { r = '', s = '', i = '' } = attributes(serverFirst)
      if (!r.startsWith(nonce) || r === nonce || !s || !/^\d{1,7}$/.test(i)) return null
      const unproven = `c=biws,r=${r}` // biws is "n,,": no channel binding
      const exchange = `${bare},${serverFirst},${unproven}`
      const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(s, 'base64'), Number(i), 32, 'sha256')
      const clientKey = hmac(salted, 'Client Key')
      const mask = hmac(createHash('sha256').update(clientKey).digest(), exchange)
      signature = hmac(hmac(salted, 'Server Key'), exchange).toString('base64')
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (mask[at] ?? 0)))
      return `${unproven},p=${proof.toString('base64')}`
    },
    isGenuine: (serverFinal) => signature !== undefined && attributes(serverFinal).v === signature,
  }
}

const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()

function attributes(message: string): Record<string, string> {
  return Object.fromEntries(
    message.split(',').map((attribute) => [attribute.slice(0, 1), attribute.slice(2)]),
  )
}
