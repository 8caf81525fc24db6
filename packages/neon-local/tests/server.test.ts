import { afterAll, expect, test } from 'bun:test'
import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { startEndpoint } from '../../../tests/support/neon-local.ts'

const endpoint = await startEndpoint()
afterAll(() => endpoint.close())

test.each(['GET /sql', 'PUT /sql', 'POST /', 'GET /v2', 'POST /sql/'])('%s is refused', async (request) => {
  const [method, path] = request.split(' ')
  const response = await fetch(`${endpoint.url}${path}`, { method: String(method) })
  expect(response.status).toBe(400)
  expect((await response.json()).message).toMatch(/query is not supported/)
})

const outside = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')

test.skipIf(!outside)('it listens on loopback only', async () => {
  const outcome = await new Promise((resolve) => {
    const socket = connect(endpoint.port, outside?.address, () => resolve('connected'))
    socket.on('error', (error: Error & { code?: string }) => resolve(error.code))
  })
  expect(outcome).toBe('ECONNREFUSED')
})

test('a client that connects and says nothing leaves nothing', async () => {
  const socket = connect(endpoint.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end().resume()
  expect(await once(socket, 'close')).toEqual([false])
})

test.each(['GET /sql HTTP/1.1\r\nHost: localhost\r\n\r\n', '\0\0\0\u0008\u0004\u00d2\u0016\u002f'])(
  'a client that asks and ends gets its answer and no more: %j',
  async (text) => {
    const socket = connect({ port: endpoint.port, host: '127.0.0.1', allowHalfOpen: true })
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.end(text, 'latin1')
    await once(socket, 'close')
    expect(answer).toMatch(/^(HTTP\/1.1 400|N$)/)
  },
)
