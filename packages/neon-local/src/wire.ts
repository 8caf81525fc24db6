// Messages of Postgres's protocol 3 (PostgreSQL manual, "Message Formats").

/** A message: its type, its body, and the bytes of the whole. */
export type Message = { type: string; body: Buffer; bytes: Buffer }

/** The codes of packets that come in the place of a protocol version. */
export const REQUESTS = { cancel: 80877102, tls: 80877103, gss: 80877104 } as const

/** Bytes that the protocol does not allow. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}

const MAX_STARTUP_BYTES = 10_000 // Postgres's own limit

/** Splits the first whole message off `buffer`, or returns null while it is incomplete. */
export function takeMessage(buffer: Buffer): { message: Message; rest: Buffer } | null {
  if (buffer.length < 5) return null
  const end = 1 + buffer.readUInt32BE(1)
  if (buffer.length < end) return null
  const message = {
    type: String.fromCharCode(buffer.readUInt8(0)),
    body: buffer.subarray(5, end),
    bytes: buffer.subarray(0, end),
  }
  return { message, rest: buffer.subarray(end) }
}

/** Like `takeMessage`, for the packets before a session, which have a code instead of a type. Throws `ProtocolError`. */
export function takePacket(buffer: Buffer): { code: number; bytes: Buffer; rest: Buffer } | null {
  if (buffer.length < 8) return null
  const length = buffer.readUInt32BE(0)
  if (length < 8 || length > MAX_STARTUP_BYTES) throw new ProtocolError('invalid length of startup packet')
  if (buffer.length < length) return null
  return { code: buffer.readInt32BE(4), bytes: buffer.subarray(0, length), rest: buffer.subarray(length) }
}

/** A message of this type and body. */
export function encode(type: string, ...body: (string | Uint8Array)[]): Buffer {
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + parts.reduce((sum, part) => sum + part.length, 0), 1)
  return Buffer.concat([head, ...parts])
}

/** A packet of this code and body. */
export function packet(code: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([int32(8 + body.length), int32(code), body])
}

export const SSL_REQUEST = packet(REQUESTS.tls)

/** A number as the protocol writes it. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** An ErrorResponse that ends a session, so that clients report the endpoint's errors as they report Postgres's. */
export function fatal(sqlState: string, message: string): Buffer {
  return encode('E', `SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`)
}
