import { connect, type Socket } from 'node:net'
import type { ServerWebSocket, WebSocketHandler } from 'bun'
import { watchForKey } from './backend-key.ts'
import { type Address, cancelUntil } from './cancel.ts'
import { MAX_MESSAGE_BYTES } from './limits.ts'

/** What a WebSocket client is tied to: a TCP connection of its own to Postgres. */
export type Bridge = { socket: Socket; key: () => Uint8Array | undefined; closed: Promise<void> }

type Client = ServerWebSocket<{ bridge?: Bridge }>

const EXIT_MS = 20 // an idle Postgres session needs a moment to see that its client is gone
const GIVE_UP_MS = 10_000

/** Carries the bytes of Postgres's protocol between WebSocket clients and `upstream`. `open` holds the bridges that stand. */
export function bridges(upstream: Address, open: Set<Bridge>): WebSocketHandler<{ bridge?: Bridge }> {
  return {
    perMessageDeflate: false,
    maxPayloadLength: MAX_MESSAGE_BYTES,
    backpressureLimit: MAX_MESSAGE_BYTES,
    idleTimeout: 0,
    open(client) {
      const bridge = build(client, upstream)
      client.data.bridge = bridge
      open.add(bridge)
      bridge.closed.then(() => open.delete(bridge))
    },
    message(client, message) {
      if (typeof message === 'string') client.close(1003, 'unexpected text message in the websocket')
      else if (!client.data.bridge?.socket.write(message)) client.pause()
    },
    drain(client) {
      client.data.bridge?.socket.resume()
    },
    close(client) {
      if (client.data.bridge) hangUp(client.data.bridge, upstream)
    },
  }
}

function build(client: Client, { host, port }: Address): Bridge {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
  const watch = watchForKey()
  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    watch.see(chunk)
    if (client.readyState === WebSocket.OPEN && client.sendBinary(chunk) === -1) socket.pause()
  })
  socket.on('drain', () => client.resume())
  socket.on('end', () => {
    socket.end()
    client.close(1000)
  })
  socket.on('error', (error: Error & { code?: string }) => {
    if (socket.bytesRead === 0) {
      client.sendBinary(
        fatal(`Could not connect to Postgres at ${host}:${port}: ${error.code ?? error.message}`),
      )
    }
    client.close(1011)
  })
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  return { socket, key: watch.key, closed }
}

/** Ends the Postgres session of a client that is gone, and whatever it runs. Resolves when nothing of it is left. */
export async function hangUp({ socket, key, closed }: Bridge, upstream: Address): Promise<void> {
  socket.end()
  socket.resume() // what Postgres still sends goes nowhere, but it must be able to send it
  const giveUp = setTimeout(() => socket.destroy(), GIVE_UP_MS)
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, EXIT_MS))])
  const backend = key()
  if (backend) await cancelUntil(closed, upstream, backend)
  else socket.destroy()
  clearTimeout(giveUp)
}

// An ErrorResponse, so that clients report the obstacle as they report any that Postgres names (08006: connection failure).
function fatal(message: string): Uint8Array {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08006\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
