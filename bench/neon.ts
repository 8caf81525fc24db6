import { useNeonLocal } from '@hearth/neon-local'
import { Pool as NeonPool, neon, neonConfig } from '@neondatabase/serverless'
import pg from 'pg'
import { databaseUrl } from '../tools/databases.ts'

// What `make bench-neon` does: the local Neon, in a process of its own, against the same queries over TCP.
const ROUNDS = 5
const ROUND_MS = 1000
const CONCURRENCY = [1, 16, 64]
const QUERY = 'select n, md5(n::text) as text from generate_series(1, $1::int) n'

useNeonLocal(neonConfig)
const upstream = await databaseUrl('test')
const endpoint = Bun.spawn(
  [process.execPath, 'packages/neon-local/src/cli.ts', '--port', '0', '--show-password'],
  { env: { ...process.env, NEON_LOCAL_UPSTREAM: upstream }, stdout: 'pipe' },
)
const url = await connectionString(endpoint.stdout)

for (const concurrency of CONCURRENCY) {
  const tcp = new pg.Pool({ connectionString: upstream, max: concurrency })
  const webSocket = new NeonPool({ connectionString: url, max: concurrency })
  const http = neon(url)
  const ways: Record<string, () => Promise<unknown>> = {
    TCP: () => tcp.query(QUERY, [20]),
    WebSocket: () => webSocket.query(QUERY, [20]),
    HTTP: () => http.query(QUERY, [20]),
  }
  const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(ways)) {
      const rate = await ratePerSecond(run, concurrency)
      if (round > 0) rates[name]?.push(rate) // the first round warms up
    }
  }
  const [base = 1] = median(rates.TCP)
  for (const [name, all] of Object.entries(rates)) {
    const [rate = 0] = median(all)
    console.log(
      `${String(concurrency).padStart(3)} at once  ${name.padEnd(10)} ${rate.toFixed(0).padStart(6)} queries/s  ${(rate / base).toFixed(2)} of TCP`,
    )
  }
  await Promise.all([tcp.end(), webSocket.end()])
}
endpoint.kill()
await endpoint.exited

/** Runs queries for a while, so many at once, and returns how many were answered in a second. */
async function ratePerSecond(run: () => Promise<unknown>, concurrency: number): Promise<number> {
  const started = performance.now()
  let count = 0
  const worker = async () => {
    while (performance.now() - started < ROUND_MS) {
      await run()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return count / ((performance.now() - started) / 1000)
}

function median(numbers: number[] = []): number[] {
  return numbers.toSorted((a, b) => a - b).slice(Math.floor(numbers.length / 2))
}

async function connectionString(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk)
    const found = /DATABASE_URL=(\S+)\n/.exec(text)?.[1]
    if (found) return found
  }
  throw new Error('The endpoint did not start.')
}
