import { onBun } from '../tests/runtimes/bun.ts'
import { onDeno } from '../tests/runtimes/deno.ts'
import { onWorkerd } from '../tests/runtimes/workerd.ts'
import { freshDatabase } from '../tests/support/fresh-database.ts'
import { runTool, ToolError } from '../tools/error.ts'
import { ask, p99, persist, startFlood, type Target } from './crowd.ts'

// What `make flood` does: floods a server with registrations and guesses, and counts how often an owner with the right password
// gets in meanwhile. Without URL it starts each runtime on a new database. With URL, CLIENT_IP_HEADER names the header in which
// that server is told addresses; without it everybody comes from one, and only the first flood makes sense.
const LAUNCH = { bun: onBun, deno: onDeno, workerd: onWorkerd }
const CLIENTS = 50
const SIGN_INS = Number(process.env.SIGN_INS || 30)
const password = 'correct horse battery'

const botAddress = (index: number) => `198.18.${(index >> 8) & 255}.${index & 255}` // RFC 2544: nobody's
let sequence = Date.now() % 1e9
const newName = () => `flood-${(sequence++).toString(36)}`

await runTool(async () => {
  const { URL: url, CLIENT_IP_HEADER, RUNTIMES = 'bun' } = process.env
  if (url) return (await flood({ url, addressHeader: CLIENT_IP_HEADER || null }, null)) ? 0 : 1
  let isGood = true
  for (const runtime of RUNTIMES.split(' ')) {
    const launch = LAUNCH[runtime as keyof typeof LAUNCH]
    if (!launch) throw new ToolError(`RUNTIMES may contain: ${Object.keys(LAUNCH).join(' ')}.`)
    Object.assign(process.env, { CLIENT_IP_HEADER: 'X-Forwarded-For', TRUSTED_PROXIES: '1' })
    const database = await freshDatabase(`flood_${runtime}`)
    const app = await launch(database.url)
    console.log(`${runtime}:`)
    const addressHeader = runtime === 'workerd' ? 'CF-Connecting-IP' : 'X-Forwarded-For'
    isGood = (await flood({ url: app.url, addressHeader }, database.url)) && isGood
    await app.stop()
    await database.drop()
  }
  return isGood ? 0 : 1
})

/** Runs every flood against `target`. Returns whether the owner got in often enough and nothing was made for a 503. */
async function flood(target: Target, databaseUrl: string | null): Promise<boolean> {
  const username = newName()
  const home = '203.0.113.1'
  const signIn = (ip: string, given = password) =>
    ask(target, 'POST /sessions', { ip, body: { username, password: given } })
  await ask(target, 'POST /users', { ip: home, body: { username, password } })
  const { token } = await signIn(home)
  if (!token) throw new ToolError('The owner can neither register nor sign in.')
  const read = () => ask(target, 'GET /me', { ip: home, token })
  const idle: number[] = []
  for (let i = 0; i < 200; i++) idle.push((await read()).ms)
  console.log(`  GET /me p99 without a flood: ${p99(idle).toFixed(1)} ms`)

  let newPlace = 0
  const anywhere = () => `203.0.113.${10 + (newPlace++ % 200)}`
  const register = () =>
    ask(target, 'POST /users', { ip: botAddress(1), body: { username: newName(), password } })
  let bots = 100
  const floods = [
    { name: 'registrations from one address, owner from a new place', attack: register, from: anywhere },
    {
      name: 'guesses from one address, owner from a new place',
      attack: () => signIn(botAddress(1), 'wrong'),
      from: anywhere,
    },
    {
      name: 'guesses from 1,000 addresses, owner from a known place',
      attack: () => signIn(botAddress(100 + (bots++ % 1000)), 'wrong'),
      from: () => home,
    },
  ]
  let isGood = true
  for (const { name, attack, from } of floods) {
    await signIn(home) // an account knows its last 50 places, and the owner has been to many
    const running = startFlood(CLIENTS, attack)
    await Bun.sleep(1_000)
    const reads: number[] = []
    let entered = 0
    const refused: number[] = []
    for (let i = 0; i < SIGN_INS; i++) {
      const { status } = await signIn(from())
      if (status === 201) entered++
      else refused.push(status)
      for (let j = 0; j < 10; j++) reads.push((await read()).ms)
      await Bun.sleep(200)
    }
    const counts = [...(await running.stop())]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${count} × ${status}`)
    isGood &&= entered >= SIGN_INS - 1
    console.log(
      `  ${name}: in ${entered} of ${SIGN_INS}${refused.length > 0 ? ` (${refused})` : ''}, GET /me p99 ${p99(reads).toFixed(1)} ms; flood: ${counts.join(', ')}`,
    )
  }
  if (databaseUrl) isGood = (await ghosts(target, databaseUrl)) === 0 && isGood
  return (await office(target)) && isGood
}

/** Registers more than can be served, from many addresses. Returns how many users were made for a response that is not 201. */
async function ghosts(target: Target, databaseUrl: string): Promise<number> {
  await using sql = new Bun.SQL(databaseUrl, { max: 1 })
  const names = Array.from({ length: 120 }, newName)
  const answers = await Promise.all(
    names.map((username, i) =>
      ask(target, 'POST /users', { ip: botAddress(2000 + i), body: { username, password } }),
    ),
  )
  await Bun.sleep(10_000)
  const made = new Set(
    (await sql`select username from users`).map((row: { username: string }) => row.username),
  )
  const refused = names.filter((_, i) => answers[i]?.status !== 201)
  const found = refused.filter((name) => made.has(name)).length
  console.log(
    `  120 registrations at once: ${120 - refused.length} × 201; users made for the ${refused.length} others: ${found}`,
  )
  return found
}

/** Has 200 people behind one address sign in at once; they obey Retry-After. */
async function office(target: Target): Promise<boolean> {
  const people = Array.from({ length: 20 }, newName)
  for (const [i, username] of people.entries())
    await persist(
      () => ask(target, 'POST /users', { ip: botAddress(3000 + i), body: { username, password } }),
      60_000,
    )
  const ip = botAddress(4000)
  const arrivals = Array.from({ length: 200 }, (_, i) => people[i % 20])
  const times = await Promise.all(
    arrivals.map((username) =>
      persist(() => ask(target, 'POST /sessions', { ip, body: { username, password } }), 120_000),
    ),
  )
  const entered = times.filter((ms) => ms !== null)
  console.log(
    `  200 people behind one address: ${entered.length} in, the last after ${(Math.max(...entered) / 1000).toFixed(0)} s`,
  )
  return entered.length === 200
}
