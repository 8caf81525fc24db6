import { deepEqual, equal } from 'node:assert/strict'
import type { Reply, Scenarios } from '../api.ts'
import { expectProblem, expectStatus } from '../expect.ts'

// What the document shows is what callers send and get: an example that nobody ran is a wrong one.
export const examples: Scenarios = {
  async 'the examples of the document, in the order of a first visit'(api) {
    const example = (name: string) => api.document.components.schemas[name]?.examples?.[0] as Example
    const shape = (reply: Reply, status: number, name: string) => {
      expectStatus(reply, status)
      deepEqual(withoutWhatVaries(reply.body), withoutWhatVaries(example(name)))
    }
    await api.query(`delete from users where username = 'alice'`)
    shape(await api.call('POST /users', example('NewUser')), 201, 'User')
    const taken = await api.call('POST /users', { ...example('NewUser'), email: null })
    expectProblem(taken, 'conflict', '/username')
    deepEqual(withoutWhatVaries(taken.body), withoutWhatVaries(example('Problem')))

    const headers = { 'User-Agent': 'curl/8.5.0' }
    const signedIn = await api.call('POST /sessions', example('Credentials'), headers)
    shape(signedIn, 201, 'SignedIn')
    equal(signedIn.body.token.length, example('SignedIn').token.length)
    let call = api.as(signedIn.body.token)
    shape(await call('GET /sessions'), 200, 'SessionPage')
    const confirmed = await call('POST /sessions/current/confirmation', example('Confirmation'))
    shape(confirmed, 200, 'Confirmed')
    call = api.as(confirmed.body.token)
    shape(await call('PATCH /me', example('UserPatch')), 200, 'User')
    expectStatus(await call('PUT /me/password', example('PasswordChange')), 204)

    const admin = await api.admin()
    const page = await admin.call('GET /users?q=alice')
    shape(page, 200, 'UserPage')
    expectStatus(await admin.call(`DELETE /users/${page.body.items[0].id}`), 204)
  },
}

// biome-ignore lint/suspicious/noExplicitAny: an example is whatever JSON the document has
type Example = any

const VARYING = /^(id|token|requestId|ip|createdAt|updatedAt|expiresAt|lastUsedAt)$/

const withoutWhatVaries = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body, (key, value) => (VARYING.test(key) ? '…' : value)))
