import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What can go wrong between an app and its database. */
type Fault =
  /** Each new connection is cut at its first statement, just after it was opened. */
  | 'cut'
  /** New connections are accepted, and hear nothing. */
  | 'black hole'
  /** New connections are closed at once. */
  | 'refuse'

/** A TCP proxy in front of a database. `url` reaches the database through it. */
export type FaultyProxy = {
  url: string
  /** Breaks all connections, as the fault says; so it goes with new ones until `heal`. */
  break: (fault: Fault) => void
  /** From now on no byte passes on the connections that are open; new ones work. */
  silence: () => void
  /** Lets new connections through again. What went silent stays so. */
  heal: () => void
  /** How many statements clients have sent. */
  statements: () => number
  /** How many connections clients have open. */
  connections: () => number
  stop: () => Promise<void>
}

// The types of the messages Query and Parse (PostgreSQL manual, "Message Formats").
const STATEMENT = [0x51, 0x50]

/** Starts a proxy on a free port that passes everything through until a fault is asked for. */
export async function startFaultyProxy(databaseUrl: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(databaseUrl)
  const clients = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let fault: Fault | null = null
  let statements = 0

  const server = createServer((client) => {
    clients.add(client)
    const upstream = connect({ host: hostname, port: Number(port || 5432) })
    const hangUp = () => {
      clients.delete(client)
      upstream.destroy()
    }
    client.on('error', hangUp).on('close', hangUp)
    upstream.on('error', () => {}).on('close', () => silent.has(client) || client.destroy())
    if (fault === 'refuse') client.destroy()
    if (fault === 'black hole') silent.add(client)
    client.on('data', (bytes: Buffer) => {
      if (silent.has(client)) return
      const isStatement = STATEMENT.includes(bytes[0] ?? 0)
      if (isStatement) statements++
      if (isStatement && fault === 'cut') client.resetAndDestroy()
      else upstream.write(bytes)
    })
    upstream.on('data', (bytes) => silent.has(client) || client.write(bytes))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const silence = () => {
    for (const client of clients) silent.add(client)
  }
  const cutAll = () => {
    for (const client of clients) client.destroy()
  }
  return {
    url: Object.assign(new URL(databaseUrl), {
      hostname: '127.0.0.1',
      port: String((server.address() as AddressInfo).port),
    }).href,
    break(kind) {
      fault = kind
      if (kind === 'black hole') silence()
      else cutAll()
    },
    silence,
    heal() {
      fault = null
    },
    statements: () => statements,
    connections: () => clients.size,
    async stop() {
      cutAll()
      await new Promise((done) => server.close(done))
    },
  }
}
