import { countSessions, eventually, startEndpoint } from '../tests/support/neon-local.ts'
import { stress } from '../tests/support/neon-stress.ts'

// What `make stress-neon` does: the whole load of the test in packages/neon-local/tests/stress.test.ts, several times.
const ROUNDS = 5
const LOAD = { queries: 200, transactions: 50 }

for (let round = 1; round <= ROUNDS; round++) {
  const endpoint = await startEndpoint({ idleTimeoutMs: 500 })
  const started = performance.now()
  const { answered, committed, vanished, wrong } = await stress(endpoint, LOAD)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const left = await eventually(() => countSessions(endpoint), 0)
  await endpoint.close()
  console.log(
    `round ${round}: ${answered} answered, ${committed} committed, ${vanished} vanished, ${wrong.length} wrong, ` +
      `${left} connections left, ${seconds} s, ${Math.round(process.memoryUsage().rss / 1024 ** 2)} MB`,
  )
  for (const what of wrong) console.log(`  ${what}`)
  if (wrong.length > 0 || left > 0) process.exitCode = 1
}
