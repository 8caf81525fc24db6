import type { Socket } from 'node:net'
import { isEncrypted } from './connect.ts'
import { converse, type Switchboard } from './conversation.ts'

/** Turns a plain connection into an encrypted one, which it then must become; null where it is encrypted or need not be. */
export type Encryption = { upgrade: (socket: Socket) => void } | null

/**
 * Serves Postgres's own protocol on a connection: its clients sign in to Postgres themselves. Only where the upstream is
 * encrypted does the endpoint ask for the password and sign in, since SCRAM with channel binding cannot cross two encryptions.
 */
export async function servePostgres(
  socket: Socket,
  switchboard: Switchboard,
  encryption: Encryption,
): Promise<void> {
  const asksPassword = await isEncrypted(switchboard.upstream).catch(() => false) // the link will report the error
  const client = {
    send: (chunk: Buffer) => socket.destroyed || socket.write(chunk),
    hold: (isHeld: boolean) => (isHeld ? socket.pause() : socket.resume()),
    close: () => socket.end(),
  }
  const { take, drained, gone } = converse(
    client,
    switchboard,
    { asksPassword, offersTls: encryption !== null },
    (rest) => {
      for (const event of ['data', 'end', 'close', 'drain']) socket.removeAllListeners(event)
      socket.pause()
      if (rest.length > 0) socket.unshift(rest)
      socket.write('S')
      encryption?.upgrade(socket)
    },
  )
  socket.on('data', take)
  socket.on('drain', drained)
  socket.on('end', () => socket.end())
  socket.on('close', gone)
  if (socket.destroyed) gone()
  socket.resume()
}
