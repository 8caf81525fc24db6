/** A server under flood: its address, and the header in which it is told where a request comes from; null if it believes none. */
export type Target = { url: string; addressHeader: string | null }

export type Asked = { status: number; retryAfter: number; ms: number; token?: string | undefined }

/** Sends one JSON request from `ip`, and reads the response. A broken connection is status 0. */
export async function ask(
  { url, addressHeader }: Target,
  request: string,
  { ip, body, token }: { ip: string; body?: object; token?: string | undefined },
): Promise<Asked> {
  const [method = '', path = ''] = request.split(' ')
  const headers = new Headers({ 'Content-Type': 'application/json' })
  if (addressHeader) headers.set(addressHeader, ip)
  if (token) headers.set('Authorization', `Bearer ${token}`)
  const start = performance.now()
  try {
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const answer = (await response.json().catch(() => ({}))) as { token?: string }
    const retryAfter = Number(response.headers.get('Retry-After') ?? 0)
    return { status: response.status, retryAfter, ms: performance.now() - start, token: answer.token }
  } catch {
    return { status: 0, retryAfter: 0, ms: performance.now() - start }
  }
}

/** So many clients that repeat `attack` until they are stopped, a tenth of a second after each response. Counts statuses. */
export function startFlood(clients: number, attack: (client: number) => Promise<Asked>) {
  const counts = new Map<number, number>()
  let isOver = false
  const client = async (index: number) => {
    while (!isOver) {
      const { status } = await attack(index)
      counts.set(status, (counts.get(status) ?? 0) + 1)
      await Bun.sleep(100)
    }
  }
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
  return {
    async stop(): Promise<Map<number, number>> {
      isOver = true
      await all
      return counts
    },
  }
}

/** Repeats `once` while obeying Retry-After until it succeeds or `withinMs` have passed. Returns the milliseconds, or null. */
export async function persist(once: () => Promise<Asked>, withinMs: number): Promise<number | null> {
  const start = performance.now()
  while (performance.now() - start < withinMs) {
    const { status, retryAfter } = await once()
    if (status < 300 && status > 0) return performance.now() - start
    await Bun.sleep(Math.max(1, retryAfter) * 1000)
  }
  return null
}

/** The value that 99 of 100 are below. */
export const p99 = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * 0.99) - 1)] ?? Number.NaN
