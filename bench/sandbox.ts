import { fromStatements, Isolation, TestServer } from '@hearth/sandbox'
import { sql } from 'drizzle-orm'
import { connect } from '../src/db/bun-sql.ts'
import { serverUrl } from '../tests/support/server-url.ts'

// What the sandbox adds to a test, by the number of tables: the transaction and the check for what passed the sandbox by,
// and that check when another session was open, so that the tables are looked at. Each test writes to ten tables first, so
// that these are not empty files; the medians of many tests.
const TABLES = [3, 50, 300]
const TESTS = 500

const url = await serverUrl()
const admin = new Bun.SQL(url, { max: 1 })
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

async function timesOf(tables: number) {
  const name = `bench_sandbox_${crypto.randomUUID().slice(0, 8)}`
  await admin.unsafe(`create database ${name}`)
  const names = Array.from({ length: tables }, (_, i) => `t${i}`)
  const blueprint = fromStatements(
    names.map((table) => `create table ${table} (id int primary key, note text)`),
  )
  const at = Object.assign(new URL(url), { pathname: `/${name}` }).href
  const isolation = await Isolation.open(new TestServer(at, blueprint, connect))
  const writes = names
    .slice(0, 10)
    .map((table) => `insert into ${table} values (1, 'x')`)
    .join('; ')
  const times: Record<'plain' | 'suspicious' | 'roundTrip', number[]> = {
    plain: [],
    suspicious: [],
    roundTrip: [],
  }
  for (let i = 0; i < TESTS; i++) {
    const kind = i % 10 === 9 ? 'suspicious' : 'plain'
    if (kind === 'suspicious') {
      await using visitor = new Bun.SQL(at, { max: 1, connection: { application_name: 'sandbox-visitor' } })
      await visitor`select 1`
    }
    const sandbox = isolation.begin()
    await isolation.run(sandbox, () => isolation.db.execute(sql.raw(writes)))
    const start = performance.now()
    await isolation.run(sandbox, () => isolation.db.execute(sql`select 1`))
    const middle = performance.now()
    await isolation.end(sandbox)
    times.roundTrip.push(middle - start)
    times[kind].push(performance.now() - middle)
  }
  await isolation.close()
  await admin.unsafe(`drop database ${name} with (force)`)
  return [times.plain, times.suspicious, times.roundTrip].map(median)
}

console.log(
  '| tables | end of a test, ms | after another session, ms | one `select 1`, ms |\n|--:|--:|--:|--:|',
)
for (const tables of TABLES) {
  const columns = (await timesOf(tables)).map((time) => time.toFixed(2))
  console.log(`| ${tables} | ${columns.join(' | ')} |`)
}
await admin.close()
