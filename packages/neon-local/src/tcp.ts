import type { Socket } from 'node:net'
import { sendCancel } from './cancel.ts'
import { isEncrypted } from './connect.ts'
import { awaitGreeting, type Greeting } from './greeting.ts'
import { type Client, type Link, openLink } from './link.ts'
import type { Upstream } from './upstream.ts'
import { fatal, ProtocolError } from './wire.ts'

/** Turns a plain connection into an encrypted one, which it then must become; null where it is encrypted or need not be. */
export type Encryption = { upgrade: (socket: Socket) => void } | null

/**
 * Serves Postgres's own protocol on a connection: its clients sign in to Postgres themselves. Only where the upstream is
 * encrypted does the endpoint ask for the password and sign in, since SCRAM with channel binding cannot cross two encryptions.
 */
export async function servePostgres(
  socket: Socket,
  upstream: Upstream,
  links: Set<Link>,
  encryption: Encryption,
): Promise<void> {
  let link: Link | undefined
  const client: Client = {
    send: (chunk) => socket.destroyed || socket.write(chunk),
    hold: (isHeld) => (isHeld ? socket.pause() : socket.resume()),
    close: () => socket.end(),
  }
  socket.on('drain', () => link?.drained())
  socket.on('end', () => socket.end())
  socket.on('close', async () => {
    if (!link) return
    await link.clientGone()
    links.delete(link)
  })

  const asksPassword = await isEncrypted(upstream).catch(() => false) // the link will report the error
  const listen = awaitGreeting((bytes) => socket.write(bytes), {
    asksPassword,
    offersTls: encryption !== null,
  })

  function start(greeting: Greeting): void {
    if (greeting.kind === 'cancel') {
      sendCancel(upstream, greeting.key).then(() => socket.end())
    } else if (greeting.kind === 'encrypt') {
      for (const event of ['data', 'end', 'close', 'drain']) socket.removeAllListeners(event)
      socket.pause()
      if (greeting.rest.length > 0) socket.unshift(greeting.rest)
      socket.write('S')
      encryption?.upgrade(socket)
    } else if (encryption) {
      socket.end(fatal('28000', 'This endpoint serves encrypted connections only: use sslmode=require.'))
    } else {
      link = openLink(client, upstream, greeting)
      links.add(link)
    }
  }

  socket.on('data', (chunk: Buffer) => {
    if (link) return link.send(chunk)
    try {
      const greeting = listen(chunk)
      if (greeting) start(greeting)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      socket.end(fatal('08P01', error.message))
    }
  })
  socket.resume()
}
