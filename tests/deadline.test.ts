import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { answerInTime } from '../src/http/deadline.ts'
import type { Env } from '../src/http/env.ts'
import { respondWithProblem } from '../src/http/problem.ts'
import { services } from './support/http.ts'

/** An app whose one request waits until its signal aborts, and the reason that it saw. */
function waitingApp() {
  const seen = Promise.withResolvers<unknown>()
  const app = new Hono<Env>()
    .use(answerInTime)
    .get('/', async (c) => {
      c.var.signal.addEventListener('abort', () => seen.resolve(c.var.signal.reason))
      await seen.promise
      c.var.signal.throwIfAborted()
      return c.text('done')
    })
    .onError(respondWithProblem)
  return { app, reason: seen.promise }
}

test('work that heeds its signal ends before the deadline, with the reason as the response', async () => {
  const { app } = waitingApp()
  const start = performance.now()
  const response = await app.request('/', {}, services({ answerWithinMs: 700 }))
  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
  expect(await response.json()).toMatchObject({ detail: 'This took too long; try again shortly.' })
  expect(performance.now() - start).toBeLessThan(690)
})

test('work is aborted as soon as its client leaves', async () => {
  const { app, reason } = waitingApp()
  const client = new AbortController()
  const request = new Request('http://hearth.test/', { signal: client.signal })
  const response = app.request(request, {}, services())
  client.abort()
  expect(await reason).toMatchObject({ code: 'unavailable', message: 'The client left.' })
  await response
})
