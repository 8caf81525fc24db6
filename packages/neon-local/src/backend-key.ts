import { takeMessage } from './wire.ts'

const GIVE_UP_BYTES = 64 * 1024 // the start of a session is far shorter

/** Watches the start of a session for BackendKeyData, the key that cancels its queries. */
export function watchForKey(): { see: (chunk: Uint8Array) => void; key: () => Uint8Array | undefined } {
  let key: Uint8Array | undefined
  let buffer: Buffer | null = Buffer.alloc(0) // null when the key has come, or never will

  function see(chunk: Uint8Array): void {
    if (!buffer) return
    buffer = Buffer.concat([buffer, chunk])
    for (let taken = takeMessage(buffer); taken; taken = takeMessage(buffer)) {
      const { type, body } = taken.message
      if (type === 'K') key = Uint8Array.from(body) // BackendKeyData
      if (type === 'K' || type === 'Z') {
        buffer = null
        return
      }
      buffer = taken.rest
    }
    if (buffer.length > GIVE_UP_BYTES) buffer = null
  }
  return { see, key: () => key }
}
