import { describe, expect, test } from 'bun:test'
import { call } from './support/http.ts'

const post = (body: unknown, headers: Record<string, string> = {}) => call('POST /users', { body, headers })

describe('a body gets', () => {
  test('415 for what is no JSON', async () => {
    const body = '{"username":"alice","password":"correct horse"}'
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data',
      ' ',
    ])
      expect((await post(body, { 'Content-Type': type })).status).toBe(415)
    const { status } = await post(body, { 'Content-Type': 'Application/JSON; charset=utf-8' })
    expect(status).toBe(201)
  })

  test('400 for broken JSON and broken UTF-8', async () => {
    for (const body of [
      '',
      '{',
      '{"username":',
      'undefined',
      '{}{}',
      new Uint8Array([0x22, 0xff, 0x22]),
      '['.repeat(60_000),
    ])
      expect((await post(body)).status).toBe(400)
  })

  test('413 when it is large, with and without a length', async () => {
    const body = JSON.stringify({ username: 'alice', password: 'p'.repeat(65_536) })
    expect((await post(body)).status).toBe(413)
    expect((await post(body, { 'Content-Length': String(body.length) })).status).toBe(413)
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000))
      },
    })
    expect((await post(endless)).status).toBe(413)
  })

  test('400 when it breaks off, with and without a length', async () => {
    for (const headers of [{ 'Content-Length': '100' }, undefined]) {
      const broken = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"username":'))
          controller.error(new Error('connection lost'))
        },
      })
      const { status, body } = await post(broken, headers)
      expect([status, body.detail]).toEqual([400, 'The body broke off before its end.'])
    }
  })

  test('422 for JSON that is no object', async () => {
    for (const body of ['null', '[]', '5', '"x"', 'true']) expect((await post(body)).status).toBe(422)
  })
})
