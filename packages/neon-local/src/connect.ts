import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { CONNECT_TIMEOUT_MS } from './limits.ts'
import { addressOf, type Upstream } from './upstream.ts'
import { SSL_REQUEST } from './wire.ts'

/** A stream to the upstream, ready for a startup packet. Rejects with the error of the network or of TLS. */
export async function connectTo(upstream: Upstream): Promise<Socket> {
  const encrypted = await isEncrypted(upstream)
  const socket = await open(upstream)
  if (!encrypted) return socket
  if (!(await offersTls(socket))) {
    socket.destroy()
    throw new Error('it does not offer TLS')
  }
  const servername = isIP(upstream.host) ? {} : { servername: upstream.host }
  const secure = connectTls({ socket, host: upstream.host, ...servername, ...upstream.checks })
  await heard(secure, 'secureConnect')
  return secure
}

const answers = new WeakMap<Upstream, Promise<boolean>>()

/** Whether connections to the upstream are encrypted. Asks a server once where either will do. */
export function isEncrypted(upstream: Upstream): Promise<boolean> {
  if (upstream.encryption !== 'if offered') return Promise.resolve(upstream.encryption === 'always')
  const known = answers.get(upstream)
  if (known) return known
  const asked = open(upstream).then(async (socket) => offersTls(socket).finally(() => socket.destroy()))
  answers.set(upstream, asked)
  asked.catch(() => answers.delete(upstream)) // a server that cannot be reached has not answered
  return asked
}

async function open(upstream: Upstream): Promise<Socket> {
  const socket = connect({ ...addressOf(upstream), noDelay: true, allowHalfOpen: true })
  await heard(socket, 'connect')
  return socket
}

// The server answers with one byte, and waits for the handshake before it sends another.
async function offersTls(socket: Socket): Promise<boolean> {
  socket.write(SSL_REQUEST)
  const [answer] = await heard(socket, 'data')
  socket.pause()
  return answer?.toString('latin1') === 'S'
}

/** Waits for an event of a socket. Rejects when the socket fails or ends before, or nothing happens in time. */
async function heard(socket: Socket, event: 'connect' | 'secureConnect' | 'data'): Promise<Buffer[]> {
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS)
  try {
    return await Promise.race([once(socket, event, { signal }), once(socket, 'end', { signal })])
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? new Error(`no answer in ${CONNECT_TIMEOUT_MS / 1000} s`) : error
  }
}
