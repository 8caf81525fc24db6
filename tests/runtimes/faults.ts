import { equal } from 'node:assert/strict'
import type { Api } from '../contract/api.ts'
import { expectStatus } from '../contract/expect.ts'
import type { FaultyProxy } from '../support/faulty-proxy.ts'
import { wire } from './wire.ts'

const RECOVERS_WITHIN_MS = 10_000

/** Scenarios that need a runtime, since they break what is between it and the database. */
export const faults: Record<string, (api: Api, database: FaultyProxy, url: string) => Promise<void>> = {
  ...wire,

  async 'database connections that break just after they were opened are 503, then 200'({ call }, database) {
    database.break('cut')
    try {
      // More than one, since an error that nothing awaits ends the process after the response.
      for (let n = 0; n < 5; n++) {
        expectStatus(await call('GET /ready'), 503)
        equal((await call('GET /health')).status, 200)
      }
    } finally {
      database.heal()
    }
    const deadline = Date.now() + RECOVERS_WITHIN_MS
    while ((await call('GET /ready')).status !== 200) {
      if (Date.now() > deadline) throw new Error('It does not recover.')
      await Bun.sleep(50)
    }
  },
}

/** Scenarios of the runtimes that keep connections open; on Workers the local Neon does. */
export const poolFaults: typeof faults = {
  async 'connections that go silent are replaced within seconds, without a restart'({ member }, database) {
    const { call } = await member()
    await Promise.all(Array.from({ length: 30 }, () => call('GET /me')))
    database.silence()
    const start = Date.now()
    while ((await call('GET /me')).status !== 200)
      if (Date.now() - start > RECOVERS_WITHIN_MS) throw new Error('It does not recover.')
  },
}
