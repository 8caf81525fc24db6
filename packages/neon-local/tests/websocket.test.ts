import { afterAll, describe, expect, test } from 'bun:test'
import { Client, Pool } from '@neondatabase/serverless'
import { countSessions, eventually, startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint()
afterAll(() => endpoint.close())

async function connected(url = endpoint.connectionString()): Promise<Client> {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  return client
}

// The driver takes itself for connected before Postgres has answered, here as at Neon.
const firstQuery = (url: string) => connected(url).then((client) => client.query('select 1'))

const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error) => error,
  )

describe('sessions over WebSocket', () => {
  test('transactions commit and roll back', async () => {
    const pool = new Pool({ connectionString: endpoint.connectionString() })
    await pool.query('create table entries (n int primary key)')
    for (const [n, end] of [
      [1, 'commit'],
      [2, 'rollback'],
    ] as const) {
      const client = await pool.connect()
      await client.query('begin isolation level serializable')
      await client.query('insert into entries values ($1)', [n])
      await client.query(end)
      client.release()
    }
    expect((await pool.query('select n from entries')).rows).toEqual([{ n: 1 }])
    expect((await failure(pool.query('insert into entries values (1)'))).constraint).toBe('entries_pkey')
    await pool.end()
  })

  test('keep their state, and leave nothing when they end', async () => {
    const client = await connected()
    await client.query(`set application_name = 'kept'`)
    expect((await client.query('show application_name')).rows).toEqual([{ application_name: 'kept' }])
    await client.end()
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })

  test('get notifications', async () => {
    const [listener, sender] = [await connected(), await connected()]
    const heard = new Promise((resolve) => listener.on('notification', ({ payload }) => resolve(payload)))
    await listener.query('listen news')
    await sender.query(`select pg_notify('news', $1)`, ['hello'])
    expect(await heard).toBe('hello')
    await Promise.all([listener.end(), sender.end()])
  })

  test('carry an answer and a parameter of many megabytes, byte for byte', async () => {
    const client = await connected()
    const text = 'ünï'.repeat(5_000_000)
    const { rows } = await client.query('select $1::text as text, md5($1::text) as md5', [text])
    expect(rows[0].text === text).toBe(true)
    expect(rows[0].md5).toBe(new Bun.CryptoHasher('md5').update(text).digest('hex'))
    await client.end()
  }, 20_000)

  test('report a wrong password and an unknown database as Postgres does', async () => {
    const wrong = Object.assign(new URL(endpoint.connectionString()), { password: 'wrong' }).href
    expect((await failure(firstQuery(wrong))).code).toBe('28P01')
    expect((await failure(firstQuery(endpoint.connectionString('unknown')))).code).toBe('3D000')
  })

  test('report that Postgres is unreachable', async () => {
    const away = await startLocal({ upstream: 'postgres://postgres:x@127.0.0.1:1/away' })
    const error = await failure(firstQuery(away.connectionString()))
    expect([error.code, error.message]).toEqual([
      '08006',
      'Could not connect to Postgres at 127.0.0.1:1: ECONNREFUSED',
    ])
    await away.stop()
  })

  test('end when Postgres ends them', async () => {
    const client = await connected()
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const running = failure(client.query('select pg_sleep(30)'))
    await endpoint.direct`select pg_terminate_backend(${rows[0].pid})`
    expect((await running).code).toBe('57P01')
  })

  test('are closed when they send text', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${endpoint.port}/v2`)
    const closed = new Promise<CloseEvent>((resolve) => {
      socket.onclose = resolve
    })
    socket.onopen = () => socket.send('select 1')
    expect((await closed).code).toBe(1003)
    expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
  })
})
