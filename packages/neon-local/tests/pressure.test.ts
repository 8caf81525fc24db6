import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { eventually, startLocal } from '../../../tests/support/neon-local.ts'
import { encode, int32 } from '../src/wire.ts'

setDefaultTimeout(20_000) // a quarter of a gigabyte, on a busy machine

// Both ends are plain sockets here, since no driver lets one stop reading.
const CHUNK = Buffer.alloc(1024 * 1024, 'x')
const CHUNKS = 128

const upstream = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
await once(upstream, 'listening')
const address = upstream.address()
const local = await startLocal({
  upstream: `postgres://127.0.0.1:${typeof address === 'object' && address?.port}`,
})
afterAll(async () => {
  await local.stop()
  upstream.close()
})

/** A WebSocket client that is signed in and has stopped reading, and its connection at the upstream. */
async function pair(): Promise<{ client: Socket; server: Socket }> {
  const accepted = once(upstream, 'connection')
  const client = connect(local.port, '127.0.0.1')
  client.write(
    'GET /v2 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  await once(client, 'data')
  const startup = Buffer.concat([int32(16), int32(196608), Buffer.from('user\0x\0\0')])
  client.write(frame(startup))
  await once(client, 'data')
  client.write(frame(encode('p', 'secret\0')))
  const [server] = await accepted
  server.once('data', () => server.pause().write(encode('R', int32(0)))) // it asks for no password
  server.resume()
  await once(client, 'data')
  client.pause()
  return { client, server }
}

/** A binary frame whose mask is zero. */
function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(14)
  head[0] = 0x82
  head[1] = 0x80 | 127
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

/** Sends all chunks, each when there is room, and counts those that found room. */
function send(socket: Socket, chunk: Buffer): { sent: number } {
  const progress = { sent: 0 }
  const next = () => {
    if (progress.sent === CHUNKS) return
    socket.write(chunk, () => {
      progress.sent += 1
      next()
    })
  }
  next()
  return progress
}

/** Waits until nothing more gets through. */
async function settled(progress: { sent: number }): Promise<number> {
  let before = -1
  const unchanged = () => {
    const same = progress.sent === before
    before = progress.sent
    return Bun.sleep(200).then(() => same)
  }
  await eventually(unchanged, true)
  return progress.sent
}

function count(socket: Socket): { bytes: number } {
  const received = { bytes: 0 }
  socket.on('data', (data) => {
    received.bytes += data.length
  })
  socket.resume()
  return received
}

test('a client that does not read stops Postgres from sending', async () => {
  const { client, server } = await pair()
  const progress = send(server, CHUNK)
  expect(await settled(progress)).toBeLessThan(CHUNKS / 2)
  const received = count(client)
  expect(await eventually(() => received.bytes >= CHUNKS * CHUNK.length, true)).toBe(true)
  client.destroy()
})

test('a Postgres that does not read stops the client from sending', async () => {
  const { client, server } = await pair()
  const progress = send(client, frame(CHUNK))
  expect(await settled(progress)).toBeLessThan(CHUNKS / 2)
  const received = count(server)
  expect(await eventually(() => received.bytes, CHUNKS * CHUNK.length)).toBe(CHUNKS * CHUNK.length)
  client.destroy()
})
