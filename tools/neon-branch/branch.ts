import { ToolError } from '../error.ts'
import type { NeonApi } from './api.ts'

/** A branch of a Neon project, with a connection string to it that holds a password. */
export type Branch = { id: string; name: string; url: string }

const READY_WITHIN_MS = 120_000
const POLL_MS = 500
const LIFETIME_MS = 3_600_000

/**
 * Creates a branch called `name` with its own compute, and waits until it can be used. Neon deletes it after an hour by
 * itself, in case nobody else does. Throws `ToolError`, having deleted what it made.
 */
export async function createBranch(api: NeonApi, name: string): Promise<Branch> {
  const created = (await api.request('POST', '/branches', {
    branch: { name, expires_at: new Date(Date.now() + LIFETIME_MS).toISOString() },
    endpoints: [{ type: 'read_write' }],
  })) as Created
  const { id } = created.branch
  try {
    for (const operation of created.operations) await finished(api, operation.id)
    return { id, name, url: await connectionString(api, created) }
  } catch (error) {
    await deleteBranch(api, id)
    throw error
  }
}

/** Deletes a branch, with its compute. Throws `ToolError`. */
export async function deleteBranch(api: NeonApi, id: string): Promise<void> {
  try {
    await api.request('DELETE', `/branches/${encodeURIComponent(id)}`)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    throw new ToolError(`${error.message} The branch ${id} is still there; Neon deletes it within the hour.`)
  }
}

// The parts that are used of the answer to POST /projects/{project_id}/branches.
type Created = {
  branch: { id: string }
  operations: { id: string }[]
  connection_uris?: { connection_uri: string }[]
  databases?: { name: string; owner_name: string }[]
}

async function finished(api: NeonApi, id: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    const { operation } = (await api.request('GET', `/operations/${id}`)) as { operation: Operation }
    if (operation.status === 'finished' || operation.status === 'skipped') return
    if (FAILURES.has(operation.status)) {
      throw new ToolError(
        `Neon could not make the branch: its operation ${operation.action} is ${operation.status}.`,
      )
    }
    await Bun.sleep(POLL_MS)
  }
  throw new ToolError(`Neon's branch was not ready after ${READY_WITHIN_MS / 1000} s.`)
}

type Operation = { action: string; status: string }
const FAILURES = new Set(['failed', 'error', 'cancelled'])

// Neon adds connection strings to the answer only where there is one database and one role.
async function connectionString(
  api: NeonApi,
  { branch, connection_uris, databases }: Created,
): Promise<string> {
  const [given] = connection_uris ?? []
  if (given) return given.connection_uri
  const [database] = databases ?? []
  if (!database) throw new ToolError('The Neon project has no database: make one in its console.')
  const query = new URLSearchParams({
    branch_id: branch.id,
    database_name: database.name,
    role_name: database.owner_name,
    pooled: 'false',
  })
  const { uri } = (await api.request('GET', `/connection_uri?${query}`)) as { uri: string }
  return uri
}
