import { describe, expect, test } from 'bun:test'
import { createClient, type Options } from '@hearth/client'

/** A client of a server that gives these responses, one after another, and what was sent to it. */
function scripted(responses: Response[], options: Options = {}) {
  const sent: string[] = []
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    sent.push(`${init?.method} ${new URL(String(input)).pathname}`)
    return responses.shift() ?? Response.json({ status: 'ok' })
  }
  return { sent, client: createClient('http://hearth.test/api', { fetch, ...options }) }
}

const refused = (status: number, after?: string) =>
  Response.json({}, { status, headers: after === undefined ? {} : { 'Retry-After': after } })
const json = { username: 'alice', password: 'correct horse' }

describe('a request that is refused for now', () => {
  test('waits as long as Retry-After says, in seconds or until a date', async () => {
    const date = () => new Date(Date.now() + 1500).toUTCString() // in whole seconds, so that it is 0.5 to 1.5 s away
    for (const after of [() => '1', date]) {
      const { sent, client } = scripted([refused(503, after())])
      const start = performance.now()
      expect((await client.api.health.$get()).status).toBe(200)
      expect([sent, performance.now() - start > 400]).toEqual([['GET /api/health', 'GET /api/health'], true])
    }
  })

  test.each([
    ['a change after 429', 429, '0', 2],
    ['a change after 503, which may have had its effect', 503, '0', 1],
    ['without Retry-After', 429, undefined, 1],
    ['for longer than is obeyed', 429, '61', 1],
    ['with a Retry-After that is neither', 429, 'soon', 1],
    ['for another reason', 409, '0', 1],
  ])('%s', async (_, status, after, times) => {
    const { sent, client } = scripted([refused(status, after)])
    await client.api.users.$post({ json })
    expect(sent).toEqual(Array(times).fill('POST /api/users'))
  })

  test('is given up after so many attempts, or never repeated', async () => {
    const busy = () => Array.from({ length: 9 }, () => refused(429, '0'))
    for (const [retries, times] of [
      [undefined, 3],
      [{ attempts: 1 }, 2],
      [false, 1],
    ] as const) {
      const { sent, client } = scripted(busy(), retries === undefined ? {} : { retries })
      expect((await client.api.health.$get()).status as number).toBe(429)
      expect(sent.length).toBe(times)
    }
  })

  test('stops waiting when it is aborted', async () => {
    const { sent, client } = scripted([refused(429, '30')])
    const init = { signal: AbortSignal.timeout(50) }
    await expect(client.api.health.$get({}, { init })).rejects.toThrow('timed out')
    expect(sent.length).toBe(1)
  })
})
