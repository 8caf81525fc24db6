import { Client, neon } from '@neondatabase/serverless'
import type { Endpoint } from './neon-local.ts'

/** How many of each run at once; every third of them loses its client in the middle. */
export type Load = { queries: number; transactions: number }

/** What came of it. `wrong` lists answers, commits and rollbacks that are not what they should be. */
export type Report = { answered: number; committed: number; vanished: number; wrong: string[] }

const ACCOUNTS = 20
const BALANCE = 1000

/** Runs single queries over HTTP and transfers between accounts over WebSocket, all at once, with clients that vanish. */
export async function stress(endpoint: Endpoint, { queries, transactions }: Load): Promise<Report> {
  await endpoint.direct`create table accounts (id int primary key, balance int not null)`
  await endpoint.direct`create table ledger (transfer int primary key)`
  await endpoint.direct`insert into accounts select n, ${BALANCE} from generate_series(1, ${ACCOUNTS}::int) n`
  const outcomes = await Promise.all([
    ...Array.from({ length: queries }, (_, n) => query(endpoint, n)),
    ...Array.from({ length: transactions }, (_, n) => transfer(endpoint, n)),
  ])
  const count = (kind: string) => outcomes.filter((outcome) => outcome === kind).length
  const wrong = outcomes.filter((outcome) => !['answered', 'committed', 'vanished'].includes(outcome))
  return {
    answered: count('answered'),
    committed: count('committed'),
    vanished: count('vanished'),
    wrong: [...wrong, ...(await audit(endpoint, transactions))],
  }
}

const isDoomed = (n: number) => n % 3 === 0

async function query(endpoint: Endpoint, n: number): Promise<string> {
  const going = new AbortController()
  const sql = neon(endpoint.connectionString(), { fetchOptions: { signal: going.signal } })
  const text = `${n}`.repeat(1 + (n % 500))
  // A doomed query would run for a minute, so that it can't be over before its client is gone.
  const answer = sql`select ${n}::int * 2 as double, ${text} as text, pg_sleep(${isDoomed(n) ? 60 : 0.01})::text`
  if (isDoomed(n)) setTimeout(() => going.abort(), 50 + (n % 100))
  try {
    const [row] = await answer
    return row?.double === n * 2 && row.text === text ? 'answered' : `query ${n} got another's answer`
  } catch (error) {
    return isDoomed(n) ? 'vanished' : `query ${n} failed: ${error}`
  }
}

async function transfer(endpoint: Endpoint, n: number): Promise<string> {
  const client = new Client(endpoint.connectionString())
  const sockets: (WebSocket & { terminate?: () => void })[] = []
  client.neonConfig.webSocketConstructor = class extends WebSocket {
    constructor(url: string) {
      super(url)
      sockets.push(this as WebSocket)
    }
  }
  client.on('error', () => {})
  const [from, to] = [1 + (n % ACCOUNTS), 1 + ((n + 7) % ACCOUNTS)]
  try {
    await client.connect()
    await client.query('begin')
    await client.query('insert into ledger values ($1)', [n])
    // Locks are taken in one order, so that no transfer waits for one that waits for it.
    await client.query('select from accounts where id in ($1, $2) order by id for update', [from, to])
    await client.query('update accounts set balance = balance - $2 where id = $1', [from, n])
    const middle = client.query(`select pg_sleep(${isDoomed(n) ? 60 : 0.01})`)
    if (isDoomed(n)) setTimeout(() => sockets.map((socket) => socket.terminate?.()), n % 50)
    await middle
    await client.query('update accounts set balance = balance + $2 where id = $1', [to, n])
    await client.query('commit')
    await client.end()
    return 'committed'
  } catch (error) {
    return isDoomed(n) ? 'vanished' : `transfer ${n} failed: ${error}`
  }
}

// Every transfer is whole or has not been, and those whose clients vanished have not.
async function audit({ direct }: Endpoint, transactions: number): Promise<string[]> {
  const wrong: string[] = []
  const [{ total }] = await direct`select sum(balance)::int as total from accounts`
  if (total !== ACCOUNTS * BALANCE) wrong.push(`the accounts hold ${total} instead of ${ACCOUNTS * BALANCE}`)
  const rows: { transfer: number }[] = await direct`select transfer from ledger`
  const written = rows.map(({ transfer }) => transfer).sort((a, b) => a - b)
  const expected = Array.from({ length: transactions }, (_, n) => n).filter((n) => !isDoomed(n))
  if (!Bun.deepEquals(written, expected)) wrong.push(`the ledger holds ${written}`)
  return wrong
}
