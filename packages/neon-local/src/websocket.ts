import { type WebSocket, WebSocketServer } from 'ws'
import { sendCancel } from './cancel.ts'
import { awaitGreeting, type Greeting } from './greeting.ts'
import { MAX_BUFFERED_BYTES, MAX_MESSAGE_BYTES } from './limits.ts'
import { type Client, type Link, openLink } from './link.ts'
import type { Upstream } from './upstream.ts'
import { fatal, ProtocolError } from './wire.ts'

const PING_MS = 500
const CLOSE_CODES = { end: 1000, error: 1011 } // RFC 6455, 7.4.1: normal closure, internal error

/** Accepts WebSocket upgrades for `serveWebSocket`. */
export const createWebSocketServer = () =>
  new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES })

/** Serves Postgres's protocol over a WebSocket, as Neon's proxy does at /v2. `links` holds the open ones. */
export function serveWebSocket(webSocket: WebSocket, upstream: Upstream, links: Set<Link>): void {
  let link: Link | undefined
  let pings: ReturnType<typeof setInterval> | undefined
  const listen = awaitGreeting((bytes) => webSocket.send(bytes), { asksPassword: true, offersTls: false })

  const client: Client = {
    send(chunk) {
      if (webSocket.readyState !== webSocket.OPEN) return true
      webSocket.send(chunk, () => {
        if (webSocket.bufferedAmount <= MAX_BUFFERED_BYTES) link?.drained()
      })
      return webSocket.bufferedAmount <= MAX_BUFFERED_BYTES
    },
    // A client that is not read from can vanish unnoticed; only sending to it finds out.
    hold(isHeld) {
      clearInterval(pings)
      if (isHeld) {
        webSocket.pause()
        pings = setInterval(() => webSocket.ping(), PING_MS)
      } else webSocket.resume()
    },
    close: (reason) => webSocket.close(CLOSE_CODES[reason]),
  }

  function start(greeting: Greeting): void {
    if (greeting.kind === 'cancel') {
      sendCancel(upstream, greeting.key).then(() => client.close('end'))
    } else if (greeting.kind === 'session') {
      link = openLink(client, upstream, greeting)
      links.add(link)
    }
  }

  webSocket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return webSocket.close(1003, 'unexpected text message in the websocket')
    if (link) return link.send(data)
    try {
      const greeting = listen(data)
      if (greeting) start(greeting)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      webSocket.send(fatal('08P01', error.message))
      webSocket.close(1002)
    }
  })
  webSocket.on('error', () => {}) // it is followed by 'close'
  webSocket.on('close', async () => {
    clearInterval(pings)
    if (!link) return
    await link.clientGone()
    links.delete(link)
  })
}
