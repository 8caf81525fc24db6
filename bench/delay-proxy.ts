import { connect, createServer, type Socket } from 'node:net'

/** A running proxy. `disconnect` ends all connections and waits until both sides know. */
export type DelayProxy = { port: number; disconnect: () => Promise<void>; stop: () => void }

/**
 * Stands on 127.0.0.1 in front of `port`, as far away as a round trip of `roundTripMs`: bytes take half of it either way,
 * and a new connection takes a whole one before anything can be sent on it, as TCP's handshake does.
 */
export async function startDelayProxy(port: number, roundTripMs: number): Promise<DelayProxy> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    const established = performance.now() + roundTripMs
    relay(client, upstream, () => Math.max(established - performance.now(), 0) + roundTripMs / 2)
    relay(upstream, client, () => roundTripMs / 2)
    for (const socket of [client, upstream]) open.add(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async disconnect() {
      for (const socket of open) socket.destroy()
      open.clear()
      await Bun.sleep(10)
    },
    stop() {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

// What arrives first is due first, so the timers keep the order.
function relay(from: Socket, to: Socket, delay: () => number): void {
  from.setNoDelay(true)
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), delay()))
  from.on('end', () => setTimeout(() => to.end(), delay()))
  from.on('error', () => to.destroy())
}
