import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Client, neon } from '@neondatabase/serverless'
import {
  busySessions,
  countSessions,
  type Endpoint,
  eventually,
  startEndpoint,
} from '../../../tests/support/neon-local.ts'

let endpoint: Endpoint
beforeAll(async () => {
  endpoint = await startEndpoint({ maxConnections: 2, idleTimeoutMs: 100 })
  await endpoint.direct`create table entries (n int)`
})
afterAll(() => endpoint.close())

const quiet = () => {}

type Terminable = WebSocket & { terminate: () => void } // Bun's own method: no close frame, just gone
const activity = () => busySessions(endpoint).then((sessions) => sessions.map(({ query }) => query))

/** A WebSocket client and a way to kill its connection without a goodbye. */
async function killable(): Promise<{ client: Client; kill: () => void }> {
  const sockets: Terminable[] = []
  const client = new Client(endpoint.connectionString())
  client.neonConfig.webSocketConstructor = class extends WebSocket {
    constructor(url: string) {
      super(url)
      sockets.push(this as unknown as Terminable)
    }
  }
  client.on('error', quiet)
  await client.connect()
  return { client, kill: () => sockets.map((socket) => socket.terminate()) }
}

describe('a client that vanishes leaves no query and no connection', () => {
  test('HTTP, in the middle of a query', async () => {
    const going = new AbortController()
    const sql = neon(endpoint.connectionString(), { fetchOptions: { signal: going.signal } })
    const answer = sql`select pg_sleep(60)`.catch(quiet)
    expect(await eventually(activity, ['select pg_sleep(60)'])).toEqual(['select pg_sleep(60)'])
    going.abort()
    await answer
    expect(await eventually(activity, [])).toEqual([])
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('HTTP, in the middle of a transaction', async () => {
    const going = new AbortController()
    const sql = neon(endpoint.connectionString(), { fetchOptions: { signal: going.signal } })
    const answer = sql
      .transaction([sql`insert into entries values (1)`, sql`select pg_sleep(61)`])
      .catch(quiet)
    expect(await eventually(activity, ['select pg_sleep(61)'])).toEqual(['select pg_sleep(61)'])
    going.abort()
    await answer
    expect(await eventually(activity, [])).toEqual([])
    expect((await endpoint.direct`select n from entries`).length).toBe(0)
  })

  test('HTTP, while waiting for a connection', async () => {
    const sql = neon(endpoint.connectionString())
    const going = new AbortController()
    const busy = [sql`select pg_sleep(0.3)`, sql`select pg_sleep(0.3)`].map((query) => query.then(quiet))
    const late = neon(endpoint.connectionString(), { fetchOptions: { signal: going.signal } })
    const waiting = late`insert into entries values (2)`.catch(quiet)
    await Bun.sleep(50)
    going.abort()
    await Promise.all([...busy, waiting])
    expect(await sql`select n from entries`).toEqual([])
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('WebSocket, in a transaction that waits for its client', async () => {
    const { client, kill } = await killable()
    await client.query('begin')
    await client.query('insert into entries values (3)')
    kill()
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
    expect((await endpoint.direct`select n from entries`).length).toBe(0)
  })

  test('WebSocket, in the middle of a query', async () => {
    const { client, kill } = await killable()
    await client.query('begin')
    const answer = client.query('select pg_sleep(62)').catch(quiet)
    expect(await eventually(activity, ['select pg_sleep(62)'])).toEqual(['select pg_sleep(62)'])
    kill()
    await answer
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('WebSocket, with an answer on its way', async () => {
    const { client, kill } = await killable()
    const answer = client.query(`select repeat('x', 1000), generate_series(1, 1000000000)`).catch(quiet)
    await eventually(async () => (await activity()).length, 1)
    kill()
    await answer
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('WebSocket, before it says who it is', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${endpoint.port}/v2`) as Terminable
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    socket.terminate()
    const { client } = await killable()
    const { rows } = await client.query('select 1 as n')
    expect(rows).toEqual([{ n: 1 }])
    await client.end()
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })
})

test('stopping the endpoint ends what runs', async () => {
  const other = await startEndpoint()
  const client = new Client(other.connectionString())
  client.on('error', quiet)
  await client.connect()
  const running = [client.query('select pg_sleep(63)'), neon(other.connectionString())`select pg_sleep(64)`]
  const outcomes = Promise.all(
    running.map((work) =>
      work.then(
        () => 'answered',
        () => 'failed',
      ),
    ),
  )
  expect(await eventually(async () => (await busySessions(other)).length, 2)).toBe(2)
  await other.stop()
  expect(await countSessions(other)).toBe(0)
  expect(await outcomes).toEqual(['failed', 'failed'])
  await other.close()
})
