/** What callers saw of a fault: how many responses of each status, the slowest, and the first 200 after the fault's end. */
export type Outcome = { statuses: Record<number, number>; slowestMs: number; recoveredMs: number }

const CALLERS = 16
const WATCHED_AFTER_MS = 1_500
const GIVE_UP_MS = 30_000

/**
 * Lets callers ask `GET /me` and `PATCH /me` in turn, begins a fault, ends it after `seconds`, and goes on until a request that
 * began after its end succeeds and a moment has passed. Status 0 is a request without a response.
 */
export async function measure(
  address: string,
  begin: () => Promise<() => Promise<unknown>>,
  seconds: number,
): Promise<Outcome> {
  const token = await signIn(address)
  const outcome: Outcome = { statuses: {}, slowestMs: 0, recoveredMs: Number.POSITIVE_INFINITY }
  let endedAt = Number.POSITIVE_INFINITY
  let isOver = false

  async function ask(n: number): Promise<void> {
    const start = performance.now()
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const change = n % 2 ? { method: 'PATCH', body: '{"email":null}' } : {}
    const response = await fetch(`${address}/me`, { headers, ...change }).catch(() => null)
    await response?.arrayBuffer()
    const now = performance.now()
    const status = response?.status ?? 0
    outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1
    outcome.slowestMs = Math.max(outcome.slowestMs, now - start)
    if (status === 200 && start > endedAt) outcome.recoveredMs = Math.min(outcome.recoveredMs, now - endedAt)
  }

  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let n = caller; !isOver; n++) {
      await ask(n)
      await Bun.sleep(20)
    }
  })
  await Bun.sleep(500)
  const end = await begin()
  await Bun.sleep(seconds * 1000)
  await end()
  endedAt = performance.now()
  while (outcome.recoveredMs > GIVE_UP_MS && performance.now() - endedAt < GIVE_UP_MS) await Bun.sleep(50)
  await Bun.sleep(WATCHED_AFTER_MS)
  isOver = true
  await Promise.all(callers)
  return outcome
}

async function signIn(address: string): Promise<string> {
  const response = await fetch(`${address}/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'first-admin', password: 'correct horse' }),
  })
  return ((await response.json()) as { token: string }).token
}
