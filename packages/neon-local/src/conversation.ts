import { sendCancel } from './cancel.ts'
import { awaitGreeting, type Greeting, type Manners } from './greeting.ts'
import { type Client, type Link, openLink } from './link.ts'
import type { Upstream } from './upstream.ts'
import { fatal, ProtocolError } from './wire.ts'

/** A client's conversation in Postgres's protocol: its greeting, then its link to Postgres. */
export type Conversation = {
  /** Takes what the client sent. */
  take: (chunk: Uint8Array) => void
  /** The client has read what it was sent. */
  drained: () => void
  /** The client is gone. */
  gone: () => Promise<void>
}

/** Postgres, and the links to it that are open. */
export type Switchboard = { upstream: Upstream; links: Set<Link> }

/** Begins a conversation. `encrypt` continues it over TLS, and gets the bytes that the client has sent already. */
export function converse(
  client: Client,
  { upstream, links }: Switchboard,
  manners: Manners,
  encrypt?: (rest: Buffer) => void,
): Conversation {
  let link: Link | undefined
  const listen = awaitGreeting((bytes) => client.send(bytes), manners)

  function start(greeting: Greeting): void {
    if (greeting.kind === 'cancel') {
      sendCancel(upstream, greeting.key).then(() => client.close('end'))
    } else if (greeting.kind === 'encrypt') {
      encrypt?.(greeting.rest)
    } else if (manners.offersTls) {
      refuse('28000', 'This endpoint serves encrypted connections only: use sslmode=require.')
    } else {
      link = openLink(client, upstream, greeting)
      links.add(link)
    }
  }

  function refuse(sqlState: string, message: string): void {
    client.send(fatal(sqlState, message))
    client.close('protocol')
  }

  return {
    take(chunk) {
      if (link) return link.send(chunk)
      try {
        const greeting = listen(chunk)
        if (greeting) start(greeting)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        refuse('08P01', error.message)
      }
    },
    drained: () => link?.drained(),
    async gone() {
      if (!link) return
      await link.clientGone()
      links.delete(link)
    },
  }
}
