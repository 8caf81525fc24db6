const BACKEND_KEY_DATA = 0x4b
const READY_FOR_QUERY = 0x5a
const GIVE_UP_BYTES = 64 * 1024 // a session starts with far less, whatever the server's parameters

/** Reads along with what Postgres sends at the start of a session, until it names the key that cancels its queries. */
export function watchForKey(): { see: (chunk: Uint8Array) => void; key: () => Uint8Array | undefined } {
  let key: Uint8Array | undefined
  let pending = Buffer.alloc(0)
  let isFirst = true
  let isOver = false

  function see(chunk: Uint8Array): void {
    if (isOver) return
    const answersSslRequest = isFirst && chunk.length === 1
    isFirst = false
    if (answersSslRequest) return
    pending = Buffer.concat([pending, chunk])
    while (!isOver && pending.length >= 5) {
      const length = 1 + pending.readUInt32BE(1)
      if (pending.length < length) break
      if (pending[0] === BACKEND_KEY_DATA) key = Uint8Array.from(pending.subarray(5, length))
      isOver = key !== undefined || pending[0] === READY_FOR_QUERY
      pending = pending.subarray(length)
    }
    isOver ||= pending.length > GIVE_UP_BYTES
  }
  return { see, key: () => key }
}
