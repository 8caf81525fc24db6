import { sql } from 'drizzle-orm'
import type { Connection } from '../src/db/db.ts'
import { committed, connectPast, db, isolation, stopDriver } from '../tests/support/db.ts'
import { call, services } from '../tests/support/http.ts'

// What isolating one test costs. Each way runs the same body, three requests with five statements, in turns with the others,
// so that what else the machine does hits all of them alike. The second table is a real run of bench/thousand-tests.ts.
const ROUNDS = 20
const TESTS = 1_000

const past = connectPast()
const realDb = past.db
const emptyTables = sql`truncate users, sessions, rate_limits restart identity cascade`
let sequence = 0

const WAYS: Record<string, { tests: number; run: () => Promise<void> }> = {
  'nothing (rows stay)': { tests: 20, run: () => body(realDb) },
  sandbox: {
    tests: 20,
    async run() {
      const sandbox = isolation.begin()
      await isolation.run(sandbox, () => body(db))
      await isolation.end(sandbox)
    },
  },
  TRUNCATE: {
    tests: 20,
    async run() {
      await body(realDb)
      await realDb.execute(emptyTables)
    },
  },
  'database from a template': { tests: 1, run: () => committed(() => body(db)) },
}

async function body(db: Connection['db']): Promise<void> {
  const credentials = { username: `user-${++sequence}`, password: 'correct horse' }
  const options = { with: { ...services(), db, ip: `192.0.2.${sequence % 250}` } }
  await call('POST /users', { body: credentials, ...options })
  const { body } = await call('POST /sessions', { body: credentials, ...options })
  const { status } = await call('GET /me', { token: body.token, ...options })
  if (status !== 200) throw new Error(`The test's body answered ${status}.`)
}

const times: Record<string, number[]> = {}
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, { tests, run }] of Object.entries(WAYS)) {
    await isolation.end(isolation.begin()).catch(() => {}) // the other ways pass the sandbox by, which it reports
    const start = performance.now()
    for (let i = 0; i < tests; i++) await run()
    times[name] ??= []
    if (round > 0) times[name].push((performance.now() - start) / tests) // the first round warms up
    await realDb.execute(emptyTables)
  }
}
await isolation.close()
await past.close()
await stopDriver()

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const [plain = 0] = Object.values(times).map(median)
console.log(`| isolation by | ms a test | of it isolation |\n|---|--:|--:|`)
for (const [name, values] of Object.entries(times)) {
  console.log(`| ${name} | ${median(values).toFixed(2)} | ${(median(values) - plain).toFixed(2)} |`)
}

const start = performance.now()
const child = Bun.spawn([process.execPath, 'test', './bench/thousand-tests.ts'], {
  stdio: ['ignore', 'ignore', 'pipe'],
})
const summary = (await new Response(child.stderr).text()).trimEnd().split('\n').slice(-4)
const seconds = (performance.now() - start) / 1000
if ((await child.exited) !== 0) throw new Error(summary.join('\n'))
console.log(
  `\n${TESTS} tests over HTTP, three requests and five statements each: ${seconds.toFixed(2)} s, with start-up (${summary[0]?.trim()})`,
)
