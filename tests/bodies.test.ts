import { expect, test } from 'bun:test'
import { call, services } from './support/http.ts'

// Bodies that no HTTP client of the contract can send.

const post = (body: ReadableStream, headers: Record<string, string> = {}) =>
  call('POST /users', { body, headers })

test('a body without end is 413', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000)) })
  expect((await post(endless)).status).toBe(413)
})

test.each([{ 'Content-Length': '100' }, undefined])('a body that breaks off is 400: %p', async (headers) => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"username":'))
      controller.error(new Error('connection lost'))
    },
  })
  const { status, body } = await post(broken, headers)
  expect([status, body.detail]).toEqual([400, 'The body broke off before its end.'])
})

test('a large body is 413 by its declared length alone', async () => {
  const empty = new ReadableStream({ start: (controller) => controller.close() })
  expect((await post(empty, { 'Content-Length': '65537' })).status).toBe(413)
})

test('a body that does not arrive in time is 408, with the connection closed', async () => {
  const stalled = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) })
  for (const headers of [{ 'Content-Length': '100' }, undefined]) {
    const [body] = headers ? [stalled] : [new ReadableStream({})]
    const options = { body, headers, with: services({ bodyWithinMs: 100 }) }
    const { status, body: problem, headers: sent } = await call('POST /users', options)
    expect([status, problem.type]).toEqual([408, 'urn:hearth:problem:body_timeout'])
    expect(sent.get('Connection')).toBe('close')
  }
})

test('a body that is somewhat too large is read to its end, one without end is not', async () => {
  let read = 0
  const sized = (most: number) =>
    new ReadableStream({
      pull(controller) {
        if (read >= most) return controller.close()
        read += 10_000
        controller.enqueue(new Uint8Array(10_000))
      },
    })
  expect((await post(sized(200_000))).status).toBe(413)
  expect(read).toBe(200_000)
  read = 0
  expect((await post(sized(50_000_000))).status).toBe(413)
  expect(read).toBeLessThan(1_200_000)
})
