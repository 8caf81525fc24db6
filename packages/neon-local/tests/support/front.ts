import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** A server in front of Postgres, which encrypts with its certificate, or listens on a Unix socket. */
export type Front = { port: number; seen: { plain: string[]; encrypted: number }; stop: () => void }

const SSL_REQUEST = '0000000804d2162f'

/**
 * Starts one before the Postgres of `upstream`. `answer` is its answer to a request for TLS: with S it encrypts, with N it
 * does not. `seen` has the first bytes of every connection in clear text, except requests for TLS.
 */
export async function startFront(
  upstream: string,
  {
    answer = 'N',
    certificate,
    path,
  }: { answer?: 'S' | 'N'; certificate?: { cert: string; key: string }; path?: string },
): Promise<Front> {
  const { hostname, port } = new URL(upstream)
  const seen: Front['seen'] = { plain: [], encrypted: 0 }
  const sockets = new Set<Socket>()
  const bridge = (socket: Socket) => {
    const postgres = connect(Number(port), hostname)
    sockets.add(socket).add(postgres)
    socket.on('error', () => postgres.destroy()).pipe(postgres)
    postgres.on('error', () => socket.destroy()).pipe(socket)
  }
  const tls = certificate && createTlsServer(certificate, bridge)
  tls?.on('secureConnection', () => {
    seen.encrypted += 1
  })
  tls?.on('tlsClientError', () => {})

  const greet = (socket: Socket) =>
    socket.once('data', (chunk) => {
      if (chunk.toString('hex') !== SSL_REQUEST) {
        seen.plain.push(chunk.toString('latin1'))
        socket.unshift(chunk)
        return bridge(socket)
      }
      socket.write(answer)
      if (answer === 'S') tls?.emit('connection', socket)
      else greet(socket)
    })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    greet(socket)
  })
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path })
  await once(server, 'listening')
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    seen,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
