import { afterAll, describe, expect, test } from 'bun:test'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Client } from '@neondatabase/serverless'
import { startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'
import { encode, int32 } from '../src/wire.ts'

const endpoint = await startEndpoint()
afterAll(() => endpoint.close())

const AUTHENTICATION_OK = encode('R', int32(0))
const READY = encode('Z', 'I')

const request =
  (code: number, ...data: string[]): Ask =>
  () =>
    encode('R', int32(code), ...data)
const SASL = request(10, 'SCRAM-SHA-256\0\0')

// Goes on with the client's own nonce, as it must.
const challenge: Ask = (told) => encode('R', int32(11), `r=${told.split('r=')[1]}x,s=c2FsdA==,i=4096`)

/** What the upstream says next, given what it was told last. */
type Ask = (told: string) => Buffer

/** Signs in through an endpoint whose upstream plays a script: what it asks, and what it must get. Returns what it got. */
async function signInTo(asks: Ask[]): Promise<{ got: string[]; error: string | null }> {
  const got: string[] = []
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      got.push(data.toString('latin1'))
      const ask = asks[got.length - 1]
      socket.write(ask ? ask(data.toString('latin1')) : Buffer.concat([AUTHENTICATION_OK, READY]))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const local = await startLocal({ upstream: `postgres://alice:secret@127.0.0.1:${port}/app` })
  const client = new Client(local.connectionString())
  client.neonConfig.pipelineConnect = false // it would take itself for connected at once
  client.on('error', () => {})
  const error = await client.connect().then(
    () => null,
    (thrown) => thrown.message,
  )
  await local.stop()
  server.close()
  return { got, error }
}

describe('a WebSocket client signs in', () => {
  test.each([
    ['password', true],
    ['password', false],
    [false, true],
    [false, false],
  ] as const)(
    'with pipelineConnect %p and coalesceWrites %p, as at Neon',
    async (pipelineConnect, coalesceWrites) => {
      const client = new Client(endpoint.connectionString())
      Object.assign(client.neonConfig, { pipelineConnect, coalesceWrites })
      await client.connect()
      expect((await client.query('select $1::int as n', [1])).rows).toEqual([{ n: 1 }])
      await client.end()
    },
  )

  test('with a password beyond ASCII', async () => {
    const role = `role_${crypto.randomUUID().slice(0, 8)}`
    await endpoint.direct.unsafe(`create role ${role} login password 'pä\u017f%s wörd'`)
    const url = new URL(endpoint.connectionString())
    Object.assign(url, { username: role, password: encodeURIComponent('pä\u017f%s wörd') })
    const client = new Client(url.href)
    await client.connect()
    expect((await client.query('select current_user::text as u')).rows).toEqual([{ u: role }])
    await client.end()
    await endpoint.direct.unsafe(`drop role ${role}`)
  })

  test('where Postgres asks for nothing', async () => {
    const { got, error } = await signInTo([])
    expect(error).toBeNull()
    expect(got).toEqual([expect.stringContaining('user\0alice\0database\0app\0')])
  })

  test('where Postgres asks for the password in clear', async () => {
    const { got, error } = await signInTo([request(3)])
    expect([error, got[1]]).toEqual([null, encode('p', 'secret\0').toString('latin1')])
  })

  test('where Postgres asks for MD5', async () => {
    const md5 = (text: string) => new Bun.CryptoHasher('md5').update(text).digest('hex')
    const { got, error } = await signInTo([request(5, 'salt')])
    expect([error, got[1]]).toEqual([
      null,
      encode('p', `md5${md5(`${md5('secretalice')}salt`)}\0`).toString('latin1'),
    ])
  })

  test.each<[what: string, asks: Ask[]]>([
    ['a method that is not known', [request(7)]],
    ['a SASL mechanism that is not known', [request(10, 'OTHER\0\0')]],
    ['a challenge that is not its own', [SASL, request(11, 'r=x,s=c2FsdA==,i=4096')]],
    ['a server that can not prove that it knows the password', [SASL, challenge, request(12, 'v=c2FsdA==')]],
    ['a proof that nobody asked for', [request(12, 'v=c2FsdA==')]],
  ])('not with %s', async (_what, asks) => {
    expect((await signInTo(asks)).error).toMatch(/does not know/)
  })
})

test.each([
  ['a startup packet of no length', new Uint8Array(8)],
  ['a startup packet without end', new Uint8Array([0, 1, 0, 0, 0, 3, 0, 0])],
  ['no password', new Uint8Array([0, 0, 0, 9, 0, 3, 0, 0, 0, 0x51, 0, 0, 0, 4])],
])('a client that greets with %s gets an error', async (_what, greeting) => {
  const socket = new WebSocket(`ws://127.0.0.1:${endpoint.port}/v2`)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => socket.send(greeting)
  let said = ''
  socket.onmessage = ({ data }) => {
    said += new TextDecoder().decode(data)
  }
  const { code } = await new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve
  })
  expect([code, said]).toEqual([1002, expect.stringContaining('C08P01')])
})
