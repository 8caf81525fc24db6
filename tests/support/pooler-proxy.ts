import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

// BackendKeyData: its type, its length, then a process number and a secret (PostgreSQL manual, "Message Formats").
const KEY_DATA = Buffer.from([0x4b, 0, 0, 0, 12])

/** A proxy in front of a database that gives each client another process number than the server's, as poolers do. */
export async function startPoolerProxy(databaseUrl: string): Promise<{ url: string } & AsyncDisposable> {
  const { hostname, port } = new URL(databaseUrl)
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port || 5432) })
    client.on('error', () => upstream.destroy()).pipe(upstream)
    upstream
      .on('error', () => client.destroy())
      .on('data', (bytes: Buffer) => {
        const start = bytes.indexOf(KEY_DATA)
        if (start >= 0) bytes.writeUInt32BE(1, start + KEY_DATA.length)
        client.write(bytes)
      })
    upstream.on('end', () => client.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
