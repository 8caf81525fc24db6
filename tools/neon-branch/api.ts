import { ToolError } from '../error.ts'

const TIMEOUT_MS = 60_000
const RETRY_MS = 500
const ATTEMPTS = 60

/** Neon's API for one project. `request` takes a path within the project and returns the answer's JSON. */
export type NeonApi = {
  request: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>
}

type Environment = Record<string, string | undefined>

/**
 * Neon's API as the environment names it: `NEON_API_KEY`, `NEON_PROJECT_ID`, and `NEON_API_URL` for another server that speaks
 * it. Throws `ToolError` where one is missing; requests throw one when Neon refuses or does not answer.
 */
export function neonApi(env: Environment): NeonApi {
  const { NEON_API_KEY: key, NEON_PROJECT_ID: project } = env
  if (!key || !project) {
    throw new ToolError(
      'Set NEON_API_KEY (console.neon.tech, Account settings, API keys) and NEON_PROJECT_ID (Project settings).',
    )
  }
  const base = `${env.NEON_API_URL || 'https://console.neon.tech/api/v2'}/projects/${encodeURIComponent(project)}`
  const headers = {
    Authorization: `Bearer ${key}`,
    Accept: 'application/json',
    'Content-Type': 'application/json',
  }

  return {
    async request(method, path, body) {
      for (let attempt = 1; ; attempt++) {
        const response = await send(`${base}${path}`, { method, headers, body: body && JSON.stringify(body) })
        if (response.ok) return response.status === 204 ? {} : response.json()
        if (!mayRetry(method, response.status) || attempt === ATTEMPTS)
          throw await refusal(response, method, key)
        await Bun.sleep(RETRY_MS)
      }
    },
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (error) {
    const { code, name } = error as { code?: unknown; name: string }
    throw new ToolError(`Neon's API does not answer (${typeof code === 'string' ? code : name}).`)
  }
}

// 423: another operation of the project is still running; 429: too many requests. Neither did anything.
function mayRetry(method: string, status: number): boolean {
  return status === 423 || status === 429 || (method !== 'POST' && status >= 500)
}

async function refusal(response: Response, method: string, key: string): Promise<ToolError> {
  const { message = '' } = (await response.json().catch(() => ({}))) as { message?: string }
  const said = message && `: ${message.replaceAll(key, '…').slice(0, 200)}`
  const advice = HINTS[response.status] ?? ''
  return new ToolError(`Neon's API refused a ${method} with ${response.status}${said}.${advice}`)
}

const HINTS: Record<number, string> = {
  401: ' Is NEON_API_KEY right?',
  403: ' May this NEON_API_KEY change the project?',
  404: ' Is NEON_PROJECT_ID right?',
}
