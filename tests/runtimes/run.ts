import { runTool, ToolError } from '../../tools/error.ts'
import { races, scenarios } from '../contract/scenarios/index.ts'
import { startFaultyProxy } from '../support/faulty-proxy.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import { onBun } from './bun.ts'
import { onDeno } from './deno.ts'
import { faults, poolFaults } from './faults.ts'
import { connectTo } from './host.ts'
import type { Launch } from './runtime.ts'
import { onWorkerd } from './workerd.ts'

// What `make test-runtimes` does: the whole contract over HTTP, once in each runtime, each time on a new database.
const RUNTIMES: Record<string, Launch> = { bun: onBun, deno: onDeno, workerd: onWorkerd }
// ONLY="…" runs the scenarios whose name contains it.
const scenariosFor = (runtime: string) =>
  Object.entries({ ...scenarios, ...races, ...faults, ...(runtime !== 'workerd' && poolFaults) }).filter(
    ([name]) => name.includes(process.env.ONLY ?? ''),
  )
const SCENARIO_TIMEOUT_MS = 60_000

type Result = { runtime: string; passed: number; failed: number; seconds: number }

await runTool(async () => {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(RUNTIMES)
  const results: Result[] = []
  for (const runtime of chosen) results.push(await runOn(runtime))
  printTable(results)
  return results.every(({ failed }) => failed === 0) ? 0 : 1
})

async function runOn(runtime: string): Promise<Result> {
  const launch = RUNTIMES[runtime]
  if (!launch) throw new ToolError(`RUNTIMES may hold: ${Object.keys(RUNTIMES).join(' ')}.`)
  const database = await freshDatabase(`runtimes_${runtime}`)
  const proxy = await startFaultyProxy(database.url)
  const start = performance.now()
  const chosen = scenariosFor(runtime)
  let passed = 0
  try {
    const app = await launch(proxy.url)
    await using remote = await connectTo(app.url, database.url)
    for (const [name, scenario] of chosen) {
      await remote.resetLimits()
      const failure = await failureOf(() => scenario(remote.api, proxy, app.url))
      if (failure) console.error(`(fail) ${runtime}: ${name}\n${failure}\n`)
      else passed++
    }
    await app.stop()
  } catch (error) {
    console.error(`(fail) ${runtime}: ${error instanceof Error ? error.stack : error}\n`)
    passed = 0 // what does not start and stop properly does not run the contract
  } finally {
    await proxy.stop()
    await database.drop()
  }
  const failed = chosen.length - passed
  return { runtime, passed, failed, seconds: (performance.now() - start) / 1000 }
}

async function failureOf(scenario: () => Promise<void>): Promise<string | null> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('timed out')), SCENARIO_TIMEOUT_MS)
  try {
    await Promise.race([scenario(), timeout])
    return null
  } catch (error) {
    return (error as Error).stack ?? String(error)
  } finally {
    clearTimeout(timer)
  }
}

function printTable(results: Result[]): void {
  console.log(
    `${'runtime'.padEnd(10)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'seconds'.padStart(10)}`,
  )
  for (const { runtime, passed, failed, seconds } of results)
    console.log(
      runtime.padEnd(10) +
        String(passed).padStart(8) +
        String(failed).padStart(8) +
        seconds.toFixed(1).padStart(10),
    )
}
