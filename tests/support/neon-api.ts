/** What a stand-in for Neon's API was asked, in order: method and path. */
export type RecordedApi = {
  url: string
  requests: string[]
  keys: Set<string | null>
  stop: () => Promise<void>
}

type Behaviour = {
  /** The connection string of the branch's database. */
  uri: string
  /** Leaves the connection string out of the answer, as Neon does where there are several roles. */
  withoutUri?: boolean
  /** Statuses that a request is refused with before it is taken, by method. */
  refusals?: Partial<Record<string, number[]>>
  /** How often the operation that makes the branch is found running; never unless told otherwise. */
  polls?: number
  /** What becomes of the operation that makes the branch. */
  outcome?: 'finished' | 'failed'
}

const PROJECT = 'cool-darkness-12345678'
const BRANCH = 'br-wispy-meadow-118737'

/** Serves Neon's API on loopback for one project, with answers of the form that Neon documents (api-docs.neon.tech). */
export function serveNeonApi(behaviour: Behaviour): RecordedApi {
  const { uri, withoutUri = false, refusals = {}, outcome = 'finished' } = behaviour
  const requests: string[] = []
  const keys = new Set<string | null>()
  let running = behaviour.polls ?? 0
  const operation = (status: string) => ({
    id: 'f8c0a5c2',
    project_id: PROJECT,
    branch_id: BRANCH,
    action: 'create_branch',
    status,
    failures_count: 0,
  })

  const answers: Record<string, () => object> = {
    [`POST /projects/${PROJECT}/branches`]: () => ({
      branch: { id: BRANCH, project_id: PROJECT, name: 'test', current_state: 'init', default: false },
      endpoints: [
        { id: 'ep-quiet-fire-123', host: 'ep-quiet-fire-123.eu-central-1.aws.neon.tech', type: 'read_write' },
      ],
      operations: [operation('running')],
      roles: [{ branch_id: BRANCH, name: 'app_owner', protected: false }],
      databases: [{ id: 1, branch_id: BRANCH, name: 'app', owner_name: 'app_owner' }],
      ...(!withoutUri && { connection_uris: [{ connection_uri: uri, connection_parameters: {} }] }),
    }),
    [`GET /projects/${PROJECT}/operations/f8c0a5c2`]: () => ({
      operation: operation(running-- > 0 ? 'running' : outcome),
    }),
    [`GET /projects/${PROJECT}/connection_uri`]: () => ({ uri }),
    [`DELETE /projects/${PROJECT}/branches/${BRANCH}`]: () => ({ branch: { id: BRANCH }, operations: [] }),
  }

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      requests.push(`${request.method} ${pathname}${search}`)
      keys.add(request.headers.get('Authorization'))
      const refusal = refusals[request.method]?.shift()
      const answer = answers[`${request.method} ${pathname}`]
      if (refusal)
        return Response.json({ code: '', message: 'refused for Bearer napi_secret' }, { status: refusal })
      if (!answer) return Response.json({ code: '', message: 'not found' }, { status: 404 })
      return Response.json(answer(), { status: request.method === 'POST' ? 201 : 200 })
    },
  })
  return { url: server.url.origin, requests, keys, stop: () => server.stop(true) }
}

/** The settings by which the tools find a stand-in. */
export const settingsOf = ({ url }: RecordedApi) => ({
  NEON_API_URL: url,
  NEON_API_KEY: 'napi_secret',
  NEON_PROJECT_ID: PROJECT,
})

/** The requests that delete the branch. */
export const deletions = ({ requests }: RecordedApi) =>
  requests.filter((request) => request.startsWith('DELETE'))
