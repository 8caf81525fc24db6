import type { Socket } from 'node:net'
import { watchForKey } from './backend-key.ts'
import { cancelUntil } from './cancel.ts'
import { connectTo } from './connect.ts'
import type { Greeting } from './greeting.ts'
import { passThrough, signIn } from './sign-in.ts'
import { nameOf, type Upstream } from './upstream.ts'
import { fatal, takeMessage } from './wire.ts'

/** The client's end of a link, a WebSocket or a plain connection. */
export type Client = {
  /** Sends to the client. Returns false when it should read first; `drained` reports that it has. */
  send: (chunk: Buffer) => boolean
  /** Stops or resumes reading from the client. */
  hold: (isHeld: boolean) => void
  close: (reason: 'end' | 'error' | 'protocol') => void
}

/** A client's connection to Postgres. */
export type Link = {
  /** Passes on what the client sent. */
  send: (chunk: Uint8Array) => void
  /** The client has read what it was sent. */
  drained: () => void
  /** The client is gone: its session ends, and its query is cancelled unless it said goodbye. Resolves when both are over. */
  clientGone: () => Promise<void>
  /** Ends the session and cancels its query. Resolves when both are over. */
  hangUp: () => Promise<void>
}

const EXIT_MS = 20 // an idle Postgres session needs a moment to see that its client is gone
const GIVE_UP_MS = 10_000
const MAX_SIGN_IN_BYTES = 64 * 1024
const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]) // "X", a client's last message

/** Connects to Postgres and signs in for `client`; then passes bytes both ways unchanged, no faster than they are read. */
export function openLink(
  client: Client,
  upstream: Upstream,
  { startup, user, password, rest }: Extract<Greeting, { kind: 'session' }>,
): Link {
  const watch = watchForKey()
  const next = password === null ? passThrough : signIn(user, password)
  let socket: Socket | undefined
  let early: Uint8Array[] | null = [rest] // sent by the client before it is signed in
  let buffer: Buffer = Buffer.alloc(0)
  let isOver = false
  let tail = Buffer.alloc(0) // the last bytes from the client
  client.hold(true)

  const closed = connect()

  async function connect(): Promise<void> {
    try {
      socket = await connectTo(upstream)
    } catch (error) {
      return fail(error as Error)
    }
    const ended = new Promise<void>((resolve) => socket?.on('close', () => resolve()))
    socket.on('data', (chunk: Buffer) => (early ? authenticate(chunk) : receive(chunk)))
    socket.on('drain', () => client.hold(false))
    socket.on('end', () => {
      socket?.end()
      dismiss('end')
    })
    socket.on('error', fail)
    if (isOver) socket.destroy()
    else socket.write(startup)
    return ended
  }

  function fail(error: Error & { code?: string }): void {
    if (isOver) return
    const reason = error.code ?? error.message
    if (early) client.send(fatal('08006', `Could not connect to Postgres at ${nameOf(upstream)}: ${reason}`))
    dismiss('error')
  }

  // A client that is not read from could not answer the goodbye.
  function dismiss(reason: 'end' | 'error'): void {
    client.hold(false)
    client.close(reason)
  }

  function authenticate(chunk: Buffer): void {
    buffer = Buffer.concat([buffer, chunk])
    for (let taken = takeMessage(buffer); taken && early; taken = takeMessage(buffer)) {
      buffer = taken.rest
      const { answer, forward, ends } = next(taken.message)
      if (answer) socket?.write(answer)
      if (forward) receive(forward)
      if (ends) begin()
    }
    if (early && buffer.length > MAX_SIGN_IN_BYTES) socket?.destroy(new Error('it does not speak Postgres'))
  }

  function begin(): void {
    const waiting = early ?? []
    early = null
    client.hold(false)
    for (const chunk of waiting) send(chunk)
    receive(buffer)
  }

  function send(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    tail = Buffer.concat([tail, chunk.subarray(-TERMINATE.length)]).subarray(-TERMINATE.length)
    if (early) early.push(chunk)
    else if (socket?.writable && !socket.write(chunk)) client.hold(true)
  }

  function receive(chunk: Buffer): void {
    watch.see(chunk)
    if (!isOver && chunk.length > 0 && !client.send(chunk)) socket?.pause()
  }

  async function end(cancels: boolean): Promise<void> {
    isOver = true
    socket?.end()
    socket?.resume() // Postgres must be able to send the rest, though nobody reads it
    const key = watch.key()
    const giveUp = setTimeout(() => socket?.destroy(), GIVE_UP_MS)
    if (cancels) await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, EXIT_MS))])
    if (cancels && key) await cancelUntil(closed, upstream, key)
    else if (cancels) socket?.destroy()
    clearTimeout(giveUp)
    await closed
  }

  return {
    send,
    drained: () => socket?.resume(),
    clientGone: () => end(!tail.equals(TERMINATE)),
    hangUp: () => end(true),
  }
}
