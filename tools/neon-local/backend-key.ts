const BACKEND_KEY_DATA = 0x4b
const READY_FOR_QUERY = 0x5a

/** Reads along with what Postgres sends at the start of a session, until it names the key that cancels its queries. */
export function watchForKey(): { see: (chunk: Uint8Array) => void; key: () => Uint8Array | undefined } {
  let key: Uint8Array | undefined
  let isOver = false
  let pending = Buffer.alloc(0)
  let isFirst = true

  function see(chunk: Uint8Array): void {
    if (isOver) return
    const isAnswerToSslRequest = isFirst && chunk.length === 1
    isFirst = false
    if (isAnswerToSslRequest) return
    pending = Buffer.concat([pending, chunk])
    while (!isOver && pending.length >= 5) {
      const length = 1 + pending.readUInt32BE(1)
      if (pending.length < length) return
      if (pending[0] === BACKEND_KEY_DATA) key = Uint8Array.from(pending.subarray(5, length))
      isOver = key !== undefined || pending[0] === READY_FOR_QUERY
      pending = pending.subarray(length)
    }
  }
  return { see, key: () => key }
}
