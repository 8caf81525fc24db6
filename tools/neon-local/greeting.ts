import { encode, int32, takeMessage } from './wire.ts'

/** What a WebSocket client says before its session begins; `rest` is what it has already sent of the session. */
export type Greeting =
  | { kind: 'session'; startup: Buffer; user: string; password: string; rest: Buffer }
  | { kind: 'cancel'; key: Buffer }

/** A greeting that is none. */
export class GreetingError extends Error {
  override name = 'GreetingError'
}

const CANCEL_REQUEST = 80877102
const ENCRYPTION_REQUESTS = [80877103, 80877104] // SSLRequest, GSSENCRequest
const MAX_STARTUP_BYTES = 10_000 // Postgres's own limit

/**
 * Listens to a client as Neon's proxy does: it asks for the password in clear, which the client may send unasked. Returns a
 * function that takes the client's bytes and gives the greeting when it is complete. Throws `GreetingError`.
 */
export function awaitGreeting(send: (bytes: Buffer) => void): (chunk: Uint8Array) => Greeting | null {
  let buffer = Buffer.alloc(0)
  let startup: Buffer | undefined

  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk])
    while (!startup) {
      const packet = takePacket(buffer)
      if (!packet) return null
      buffer = Buffer.from(buffer.subarray(packet.length))
      const code = packet.readInt32BE(4)
      if (code === CANCEL_REQUEST) return { kind: 'cancel', key: packet.subarray(8) }
      if (ENCRYPTION_REQUESTS.includes(code)) send(Buffer.from('N'))
      else {
        startup = packet
        send(encode('R', int32(3))) // AuthenticationCleartextPassword
      }
    }
    const taken = takeMessage(buffer)
    if (!taken) return null
    if (taken.message.type !== 'p') throw new GreetingError('a password was expected')
    const password = taken.message.body.toString('utf8').replace(/\0.*$/s, '')
    return { kind: 'session', startup, user: userOf(startup), password, rest: taken.rest }
  }
}

// The packets before a session have no type.
function takePacket(buffer: Buffer): Buffer | null {
  if (buffer.length < 8) return null
  const length = buffer.readUInt32BE(0)
  if (length < 8 || length > MAX_STARTUP_BYTES) throw new GreetingError('invalid length of startup packet')
  return buffer.length < length ? null : Buffer.from(buffer.subarray(0, length))
}

// After length and version: names and values in turn, each ended by NUL.
function userOf(startup: Buffer): string {
  const words = startup.subarray(8).toString('utf8').split('\0')
  return words[words.findIndex((word, at) => at % 2 === 0 && word === 'user') + 1] ?? ''
}
