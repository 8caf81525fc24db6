import { type WebSocket, WebSocketServer } from 'ws'
import { converse, type Switchboard } from './conversation.ts'
import { MAX_BUFFERED_BYTES, MAX_MESSAGE_BYTES } from './limits.ts'
import type { Client } from './link.ts'

const PING_MS = 500
const CLOSE_CODES = { end: 1000, protocol: 1002, error: 1011 } // RFC 6455, 7.4.1

/** Accepts WebSocket upgrades for `serveWebSocket`. */
export const createWebSocketServer = () =>
  new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES })

/** Serves Postgres's protocol over a WebSocket, as Neon's proxy does at /v2. */
export function serveWebSocket(webSocket: WebSocket, switchboard: Switchboard): void {
  let pings: ReturnType<typeof setInterval> | undefined
  const isRead = () => webSocket.bufferedAmount <= MAX_BUFFERED_BYTES

  const client: Client = {
    send(chunk) {
      if (webSocket.readyState !== webSocket.OPEN) return true
      webSocket.send(chunk, () => isRead() && drained())
      return isRead()
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
  const { take, drained, gone } = converse(client, switchboard, { asksPassword: true, offersTls: false })

  webSocket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) take(data)
    else webSocket.close(1003, 'unexpected text message in the websocket')
  })
  webSocket.on('error', () => {}) // it is followed by 'close'
  webSocket.on('close', () => {
    clearInterval(pings)
    gone()
  })
}
