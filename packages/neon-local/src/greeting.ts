import { forPostgres, readStartup } from './startup.ts'
import { encode, int32, ProtocolError, REQUESTS, takeMessage, takePacket } from './wire.ts'

/** The outcome of a client's first packets; `rest` is what the client has sent after them. */
export type Greeting =
  | { kind: 'session'; startup: Buffer; user: string; password: string | null; rest: Buffer }
  | { kind: 'cancel'; key: Buffer }
  | { kind: 'encrypt'; rest: Buffer }

/** How to treat a client: whether to ask for its password in clear text, and whether to offer it TLS. */
export type Manners = { asksPassword: boolean; offersTls: boolean }

const MAX_PASSWORD_BYTES = 64 * 1024

/**
 * Listens to a client until it has said what it wants. Returns a function that takes the client's bytes and returns the
 * greeting once it is complete. Like Neon's proxy it takes a password that the client sends without being asked.
 * Throws `ProtocolError`.
 */
export function awaitGreeting(
  send: (bytes: Buffer) => void,
  { asksPassword, offersTls }: Manners,
): (chunk: Uint8Array) => Greeting | null {
  let buffer: Buffer = Buffer.alloc(0)
  let startup: Buffer | undefined

  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk])
    while (!startup) {
      const taken = takePacket(buffer)
      if (!taken) return null
      const { code, bytes, rest } = taken
      buffer = rest
      if (code === REQUESTS.cancel) return { kind: 'cancel', key: bytes.subarray(8) }
      if (code === REQUESTS.tls && offersTls) return { kind: 'encrypt', rest }
      if (code === REQUESTS.tls || code === REQUESTS.gss) send(Buffer.from('N'))
      else {
        startup = bytes
        if (asksPassword) send(encode('R', int32(3))) // AuthenticationCleartextPassword
      }
    }
    const session = {
      kind: 'session',
      startup: forPostgres(startup),
      user: readStartup(startup).get('user') ?? '',
    } as const
    if (!asksPassword) return { ...session, password: null, rest: buffer }
    const taken = takeMessage(buffer)
    if (!taken && buffer.length > MAX_PASSWORD_BYTES) throw new ProtocolError('the password is too long')
    if (!taken) return null
    if (taken.message.type !== 'p') throw new ProtocolError('a password was expected')
    const password = taken.message.body.toString('utf8').replace(/\0.*$/s, '')
    return { ...session, password, rest: taken.rest }
  }
}
