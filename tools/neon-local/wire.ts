// Messages of Postgres's protocol 3 (PostgreSQL manual, "Message Formats").

/** A message: its type, its body, and the bytes of the whole. */
export type Message = { type: string; body: Buffer; bytes: Buffer }

/** Splits the first whole message off `buffer`, or returns null while there is none. */
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

/** Puts type and length before a body. */
export function encode(type: string, ...body: (string | Uint8Array)[]): Buffer {
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + parts.reduce((sum, part) => sum + part.length, 0), 1)
  return Buffer.concat([head, ...parts])
}

/** A number as the protocol writes it. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** An ErrorResponse that ends a session, so that clients report an obstacle of the endpoint's as they report Postgres's. */
export function fatal(sqlState: string, message: string): Buffer {
  return encode('E', `SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`)
}
