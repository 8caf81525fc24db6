import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { HttpError } from './errors.ts'
import { type Allowed, admitCaller } from './origin.ts'
import { errorReply, type Reply, writeRaw } from './reply.ts'
import { createWebSocketServer } from './websocket.ts'

/** The parts of the HTTP server that need Postgres. `sql` answers `POST /sql`; `left` aborts when the client goes away. */
export type Handlers = {
  allowed: Allowed
  sql: (request: IncomingMessage, left: AbortSignal) => Promise<Reply>
  webSocket: (webSocket: WebSocket) => void
}

/** Serves `POST /sql` and WebSockets. It does not listen: connections come by its event 'connection'. */
export function createHttpServer({ allowed, sql, webSocket }: Handlers): Server {
  const server = createServer({ keepAliveTimeout: 0, noDelay: true }, async (request, response) => {
    const left = new AbortController()
    response.on('close', () => response.writableFinished || left.abort())
    write(response, await replyTo(request, left.signal))
    if (!request.complete) request.resume() // a client reads the response only when its request is sent
  })
  const webSockets = createWebSocketServer()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      admitCaller(request.headers, allowed)
    } catch (error) {
      return writeRaw(socket, errorReply(error))
    }
    webSockets.handleUpgrade(request, socket, head, webSocket)
  })

  async function replyTo(request: IncomingMessage, left: AbortSignal): Promise<Reply> {
    let cors = {}
    try {
      cors = admitCaller(request.headers, allowed)
      const reply = await route(request, left)
      return { ...reply, headers: { ...cors, ...reply.headers } }
    } catch (error) {
      return { ...errorReply(error), headers: cors }
    }
  }

  async function route(request: IncomingMessage, left: AbortSignal): Promise<Reply> {
    const isSql = request.url?.split('?')[0] === '/sql'
    if (isSql && request.method === 'OPTIONS') return PREFLIGHT
    if (isSql && request.method === 'POST') return sql(request, left)
    throw new HttpError(
      400,
      "query is not supported: this is Neon's protocol, POST /sql or a WebSocket at /v2",
    )
  }

  return server
}

function write(response: ServerResponse, { status, headers, body }: Reply): void {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.socket?.cork() // head and body travel in one packet, on Bun too
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Neon-Request-Id': randomUUID(),
    ...headers,
  })
  response.end(text)
  response.socket?.uncork()
}

// Exactly the headers that Neon's proxy allows: a page that needs more would fail there.
const PREFLIGHT: Reply = {
  status: 200,
  headers: {
    Allow: 'OPTIONS, POST',
    'Access-Control-Allow-Headers':
      'Authorization, Neon-Connection-String, Neon-Raw-Text-Output, Neon-Array-Mode, Neon-Pool-Opt-In, Neon-Batch-Read-Only, Neon-Batch-Isolation-Level',
    'Access-Control-Max-Age': '86400',
  },
}
