import { connect } from 'node:net'
import type { ServerWebSocket } from 'bun'
import { watchForKey } from './backend-key.ts'
import { type Address, cancelUntil } from './cancel.ts'
import type { Greeting } from './greeting.ts'
import { signIn } from './sign-in.ts'
import { fatal, takeMessage } from './wire.ts'

/** A WebSocket client's connection to Postgres. */
export type Link = {
  /** Passes on what the client sent. */
  send: (chunk: Uint8Array) => void
  /** The client has read what it was sent. */
  drained: () => void
  /** Ends the session and whatever it runs. Resolves when nothing of it is left. */
  hangUp: () => Promise<void>
}

const EXIT_MS = 20 // an idle Postgres session needs a moment to see that its client is gone
const GIVE_UP_MS = 10_000
const PING_MS = 500
const MAX_SIGN_IN_BYTES = 64 * 1024

/** Connects to Postgres and signs in for `client`; from then on, bytes go both ways as they are, and no faster than they are read. */
export function openLink<Data>(
  client: ServerWebSocket<Data>,
  upstream: Address,
  { startup, user, password, rest }: Extract<Greeting, { kind: 'session' }>,
): Link {
  const { host, port } = upstream
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true }, () => socket.write(startup))
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  const next = signIn(user, password)
  const watch = watchForKey()
  let early: Uint8Array[] | null = [rest] // what the client sends before it is signed in
  let buffer = Buffer.alloc(0)
  let pings: ReturnType<typeof setInterval> | undefined
  holdBack()

  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    if (early) authenticate(chunk)
    else receive(chunk)
  })
  socket.on('drain', letGo)
  socket.on('end', () => {
    socket.end()
    client.close(1000)
  })
  socket.on('error', (error: Error & { code?: string }) => {
    if (early) {
      const reason = error.code ?? error.message
      client.sendBinary(fatal('08006', `Could not connect to Postgres at ${host}:${port}: ${reason}`))
    }
    client.close(1011)
  })

  function authenticate(chunk: Buffer): void {
    buffer = Buffer.concat([buffer, chunk])
    for (let taken = takeMessage(buffer); taken && early; taken = takeMessage(buffer)) {
      buffer = Buffer.from(taken.rest)
      const { answer, forward, ends } = next(taken.message)
      if (answer) socket.write(answer)
      if (forward) receive(forward)
      if (ends) begin()
    }
    if (early && buffer.length > MAX_SIGN_IN_BYTES)
      socket.destroy(new Error('it does not speak its protocol'))
  }

  function begin(): void {
    const waiting = early ?? []
    early = null
    letGo()
    for (const chunk of waiting) send(chunk)
    receive(buffer)
  }

  function send(chunk: Uint8Array): void {
    if (early) early.push(chunk)
    else if (!socket.write(chunk)) holdBack()
  }

  // A client that is not read from can vanish unnoticed; only what is sent to it finds out.
  function holdBack(): void {
    client.pause()
    pings ??= setInterval(() => client.ping(), PING_MS)
  }

  function letGo(): void {
    clearInterval(pings)
    pings = undefined
    client.resume()
  }

  function receive(chunk: Buffer): void {
    watch.see(chunk)
    if (client.readyState !== WebSocket.OPEN || chunk.length === 0) return
    if (client.sendBinary(chunk as Buffer<ArrayBuffer>) === -1) socket.pause()
  }

  async function hangUp(): Promise<void> {
    clearInterval(pings)
    socket.end()
    socket.resume() // what Postgres still sends goes nowhere, but it must be able to send it
    const giveUp = setTimeout(() => socket.destroy(), GIVE_UP_MS)
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, EXIT_MS))])
    const key = watch.key()
    if (key) await cancelUntil(closed, upstream, key)
    else socket.destroy()
    clearTimeout(giveUp)
  }

  return { send, drained: () => socket.resume(), hangUp }
}
