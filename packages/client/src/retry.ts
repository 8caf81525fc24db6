/** What requests are sent with: the platform's `fetch`, or one like it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** How often, and how long, a request may be repeated. */
export type Retries = {
  /** How often a request is repeated at most; 2 by default. */
  attempts?: number
  /** The longest wait that is obeyed, in seconds; 60 by default. A response that asks for more is returned at once. */
  longestWait?: number
}

/**
 * Returns a `fetch` that repeats what the server refused for now, after the time that `Retry-After` says: every request after
 * 429, and those that only read after 503, since a server that gives up on a change may still finish it.
 */
export function retrying(send: Fetch, { attempts = 2, longestWait = 60 }: Retries): Fetch {
  return async (input, init) => {
    for (let left = attempts; ; left--) {
      const response = await send(input, init)
      const seconds = isRefusedForNow(response, init?.method) ? secondsOf(response) : null
      if (left <= 0 || seconds === null || seconds > longestWait) return response
      await response.body?.cancel()
      await wait(seconds, init?.signal)
    }
  }
}

const isRefusedForNow = ({ status }: Response, method = 'GET') =>
  status === 429 || (status === 503 && /^(GET|HEAD)$/i.test(method))

// RFC 9110, section 10.2.3: seconds or a date.
function secondsOf(response: Response): number | null {
  const value = response.headers.get('Retry-After')
  if (!value) return null
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

function wait(seconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, seconds * 1000)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
