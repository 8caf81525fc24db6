import { expect, test } from 'bun:test'
import { call } from './support/http.ts'

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
