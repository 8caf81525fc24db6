import type { ServerWebSocket, WebSocketHandler } from 'bun'
import { type Address, sendCancel } from './cancel.ts'
import { awaitGreeting, GreetingError } from './greeting.ts'
import { MAX_MESSAGE_BYTES } from './limits.ts'
import { type Link, openLink } from './link.ts'
import { fatal } from './wire.ts'

/** What the server keeps of a WebSocket client: how to take its next message, and its link to Postgres once it has one. */
export type ClientState = { take: (chunk: Uint8Array) => void; link?: Link }

type Client = ServerWebSocket<ClientState>

/** Serves Postgres's protocol over WebSocket, as Neon's proxy does at /v2. `links` holds those that are open. */
export function webSocketHandler(upstream: Address, links: Set<Link>): WebSocketHandler<ClientState> {
  return {
    perMessageDeflate: false,
    maxPayloadLength: MAX_MESSAGE_BYTES,
    backpressureLimit: MAX_MESSAGE_BYTES,
    idleTimeout: 0,
    open(client) {
      client.data = { take: greet(client, upstream, links) }
    },
    message(client, message) {
      if (typeof message === 'string') client.close(1003, 'unexpected text message in the websocket')
      else client.data.take(message)
    },
    drain(client) {
      client.data.link?.drained()
    },
    async close({ data: { link } }) {
      if (!link) return
      await link.hangUp()
      links.delete(link)
    },
  }
}

/** Takes a client's messages until it has said who it is; from then on its link takes them. */
function greet(client: Client, upstream: Address, links: Set<Link>): ClientState['take'] {
  const listen = awaitGreeting((bytes) => client.sendBinary(bytes as Buffer<ArrayBuffer>))
  return (chunk) => {
    try {
      const greeting = listen(chunk)
      if (greeting?.kind === 'cancel') sendCancel(upstream, greeting.key).then(() => client.close(1000))
      if (greeting?.kind !== 'session') return
      const link = openLink(client, upstream, greeting)
      links.add(link)
      client.data = { take: link.send, link }
    } catch (error) {
      if (!(error instanceof GreetingError)) throw error
      client.sendBinary(fatal('08P01', error.message) as Buffer<ArrayBuffer>)
      client.close(1002)
    }
  }
}
