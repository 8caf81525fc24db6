import { expect, test } from 'bun:test'
import { call } from '../tests/support/http.ts'

// Run by bench/tests.ts as any file of tests is run.
for (let i = 1; i <= 1_000; i++) {
  test(`test ${i}`, async () => {
    const credentials = { username: 'alice', password: 'correct horse' }
    expect((await call('POST /users', { body: credentials })).status).toBe(201)
    const { body } = await call('POST /sessions', { body: credentials })
    const me = await call('GET /me', { token: body.token })
    expect([me.status, me.body.username]).toEqual([200, 'alice'])
  })
}
