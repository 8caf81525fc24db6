import { connect } from 'node:net'

/** Where Postgres listens. */
export type Address = { host: string; port: number }

const CANCEL_REQUEST = 80877102 // PostgreSQL manual, "Message Formats", CancelRequest
const RETRY_MS = 250

/**
 * Cancels what a Postgres session runs, again and again until `ended` settles: a request that comes before the query does is
 * ignored. `key` is what Postgres sent as BackendKeyData. Resolves when `ended` has.
 */
export async function cancelUntil(
  ended: Promise<unknown>,
  upstream: Address,
  key: Uint8Array,
): Promise<void> {
  let isOver = false
  const stop = () => {
    isOver = true
  }
  const over = ended.then(stop, stop)
  while (!isOver) {
    await Promise.race([over, sendCancel(upstream, key)])
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, RETRY_MS))])
  }
}

/** Sends one cancel request. Resolves when Postgres has taken it, or can't. */
export function sendCancel({ host, port }: Address, key: Uint8Array): Promise<void> {
  const message = Buffer.alloc(8 + key.length)
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(CANCEL_REQUEST, 4)
  message.set(key, 8)
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.end(message))
    socket.on('error', () => {}) // a server that is away runs nothing
    socket.on('close', () => resolve())
    socket.resume()
  })
}
