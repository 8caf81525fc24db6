import { afterAll, expect, test } from 'bun:test'
import { countSessions, eventually, startEndpoint } from '../../../tests/support/neon-local.ts'
import { stress } from '../../../tests/support/neon-stress.ts'

const endpoint = await startEndpoint({ idleTimeoutMs: 100 })
afterAll(() => endpoint.close())

test('many clients at once, a third of which vanish: answers are right and nothing is left', async () => {
  const report = await stress(endpoint, { queries: 30, transactions: 12 })
  expect(report).toEqual({ answered: 20, committed: 8, vanished: 14, wrong: [] })
  expect(await eventually(() => countSessions(endpoint), 0)).toBe(0)
})
