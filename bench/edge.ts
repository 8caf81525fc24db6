import { rmSync } from 'node:fs'
import { startNeonLocal } from '@hearth/neon-local'
import { PASSWORD } from '../tests/contract/api.ts'
import { connectTo } from '../tests/runtimes/host.ts'
import { freshDatabase } from '../tests/support/fresh-database.ts'
import { bundle, MAIN_MODULE } from '../tools/edge/bundle.ts'
import { startWorkerd } from '../tools/edge/workerd.ts'
import { runTool, ToolError } from '../tools/error.ts'
import { median, timed } from '../tools/measure.ts'
import { startDelayProxy } from './delay-proxy.ts'
import { startHasher } from './hasher.ts'

// What `make bench-edge` does: the real bundle in workerd, its database 30 ms away, and how many round trips an answer takes.
const ROUND_TRIP_MS = 30
const REQUESTS = 40

type Ask = () => Promise<Response>
type Measure = () => Promise<number>

await runTool(async () => {
  const database = await freshDatabase('bench_edge')
  const neon = await startNeonLocal({ upstream: database.url })
  const proxy = await startDelayProxy(neon.port, ROUND_TRIP_MS)
  const folder = await bundle()
  const DATABASE_URL = Object.assign(new URL(neon.connectionString()), { port: proxy.port }).href
  const worker = await startWorkerd(folder, MAIN_MODULE, { DATABASE_URL, LOG: 'off' })
  const hasher = await startHasher()
  try {
    await using remote = await connectTo(worker.url, database.url)
    const admin = await remote.api.admin()
    const getMe: Ask = () =>
      fetch(`${worker.url}/me`, { headers: { Authorization: `Bearer ${admin.token}` } })
    const body = JSON.stringify({ username: admin.username, password: PASSWORD })
    const headers = { 'Content-Type': 'application/json' }
    const signIn: Ask = () => fetch(`${worker.url}/sessions`, { method: 'POST', headers, body })
    const warm = (ask: Ask) => timed(() => succeed(ask))
    const cold = async (ask: Ask) => {
      await proxy.disconnect()
      return warm(ask)
    }
    // A hash is timed with every sign-in, so that a busy moment affects both.
    const lessHash = async (signIn: number) => signIn - (await timed(() => succeed(() => fetch(hasher.url))))
    console.log(`Medians of ${REQUESTS} with ${ROUND_TRIP_MS} ms between workerd and the database:\n`)
    const rows = [
      await row('GET /me', 1.3, () => warm(getMe)),
      await row('POST /sessions, less the hash', 2.5, async () => lessHash(await warm(signIn))),
      await row('GET /me on a new connection', 3.5, () => cold(getMe)),
      await row('POST /sessions on a new one, less the hash', 3.5, async () => lessHash(await cold(signIn))),
    ]
    return rows.every((isWithin) => isWithin) ? 0 : 1
  } finally {
    for (const running of [worker, hasher, neon]) await running.stop()
    proxy.stop()
    rmSync(folder, { recursive: true })
    await database.drop()
  }
})

async function row(name: string, atMost: number, measure: Measure): Promise<boolean> {
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) times.push(await measure())
  const ratio = median(times) / ROUND_TRIP_MS
  const figures = `${median(times).toFixed(1).padStart(6)} ms = ${ratio.toFixed(2)} round trips`
  console.log(`${name.padEnd(44)}${figures} (at most ${atMost})`)
  return ratio <= atMost
}

async function succeed(ask: Ask): Promise<void> {
  const { ok, status } = await ask()
  if (!ok) throw new ToolError(`A request was answered with ${status}.`)
}
