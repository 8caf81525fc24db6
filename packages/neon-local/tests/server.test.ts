import { afterAll, expect, test } from 'bun:test'
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
