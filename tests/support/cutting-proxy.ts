import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of a database. `url` reaches the database through it. */
export type CuttingProxy = {
  url: string
  /** Cuts all connections now, and from then on each new one at its first statement: just after it was opened. */
  cut: () => void
  /** How many statements clients have sent. */
  statements: () => number
  /** Lets new connections through again. */
  heal: () => void
  stop: () => Promise<void>
}

// The types of the messages Query and Parse (PostgreSQL manual, "Message Formats").
const STATEMENT = [0x51, 0x50]

/** Starts a proxy on a free port that passes everything through until it is told to cut. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isCutting = false
  let statements = 0
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port || 5432) })
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    client.on('data', (bytes: Buffer) => {
      const isStatement = STATEMENT.includes(bytes[0] ?? 0)
      if (isStatement) statements++
      if (isStatement && isCutting) client.resetAndDestroy()
      else upstream.write(bytes)
    })
    upstream.on('data', (bytes) => client.write(bytes))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: own } = server.address() as AddressInfo
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(own) }).href,
    cut() {
      isCutting = true
      cutAll()
    },
    statements: () => statements,
    heal() {
      isCutting = false
    },
    async stop() {
      cutAll()
      await new Promise((done) => server.close(done))
    },
  }
}
