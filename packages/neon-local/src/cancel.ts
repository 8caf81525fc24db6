import { connectTo } from './connect.ts'
import type { Upstream } from './upstream.ts'
import { packet, REQUESTS } from './wire.ts'

const RETRY_MS = 250

/**
 * Cancels the running query of a Postgres session, again and again until `ended` settles: Postgres ignores a request that
 * arrives before the query does. `key` is the body of its BackendKeyData. Resolves when `ended` has settled.
 */
export async function cancelUntil(
  ended: Promise<unknown>,
  upstream: Upstream,
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

/** Sends one cancel request. Resolves when Postgres has taken it or cannot be reached: then it runs nothing. */
export async function sendCancel(upstream: Upstream, key: Uint8Array): Promise<void> {
  const socket = await connectTo(upstream).catch(() => null)
  if (!socket) return
  await new Promise<void>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.resume().end(packet(REQUESTS.cancel, key))
  })
}
