import type { Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { HttpError } from './errors.ts'
import type { Certificate } from './options.ts'
import { errorReply, writeRaw } from './reply.ts'
import type { Encryption } from './tcp.ts'
import { OptionError } from './upstream.ts'

const TLS_HANDSHAKE = 0x16 // RFC 8446, 5.1
const STARTUP = 0x00 // a startup packet begins with its length, which has four bytes and is small

/**
 * One port for three protocols, which the first byte of a connection tells apart: TLS, Postgres's (`postgres`), and HTTP
 * with its WebSockets. With a certificate, connections must be encrypted. Throws `OptionError` when the certificate cannot be used.
 */
export function createListener(
  http: HttpServer,
  postgres: (socket: Socket, encryption: Encryption) => void,
  certificate?: Certificate,
): Server {
  const tls = certificate && createTls(certificate, (socket) => whenSpoken(socket, served))
  tls?.on('tlsClientError', () => {}) // TLS itself tells the client
  const upgrade = (socket: Socket) => tls?.emit('connection', socket)

  function served(socket: Socket, first: number): void {
    if (first === STARTUP) postgres(socket, null)
    else {
      http.emit('connection', socket)
      socket.resume()
    }
  }

  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    whenSpoken(socket, (_, first) => {
      if (!tls) served(socket, first)
      else if (first === TLS_HANDSHAKE) upgrade(socket)
      else if (first === STARTUP) postgres(socket, { upgrade })
      else
        writeRaw(socket, errorReply(new HttpError(400, 'This endpoint uses TLS: begin its URL with https.')))
    })
  })
}

/** Waits for a connection's first bytes, and gives them back to it. The connection is paused then. */
function whenSpoken(socket: Socket, then: (socket: Socket, first: number) => void): void {
  const leave = () => socket.end()
  socket.on('error', () => {}) // it is followed by 'close'
  socket.once('end', leave)
  socket.once('data', (chunk: Buffer) => {
    socket.off('end', leave)
    socket.pause()
    socket.unshift(chunk)
    then(socket, chunk[0] ?? 0)
  })
}

function createTls(certificate: Certificate, serve: (socket: Socket) => void): Server {
  try {
    return createTlsServer(certificate, serve)
  } catch {
    throw new OptionError("The certificate or its key can't be used; both must be PEM.")
  }
}
