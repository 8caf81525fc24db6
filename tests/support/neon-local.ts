import { join } from 'node:path'
import { type NeonLocal, type Options, startNeonLocal, useNeonLocal } from '@hearth/neon-local'
import { neonConfig } from '@neondatabase/serverless'
import { program } from '../../tools/edge/programs.ts'
import { serverUrl } from './server-url.ts'

/** A local Neon in front of a scratch database, and a direct connection to watch that database with. */
export type Endpoint = NeonLocal & {
  /** The scratch database's connection string over TCP. */
  upstream: string
  direct: Bun.SQL
  close: () => Promise<void>
}

/** Starts an endpoint in this process, or in one of Node's where NEON_LOCAL_ON is `node`. */
export async function startLocal(options: Options): Promise<NeonLocal> {
  if (process.env.NEON_LOCAL_ON !== 'node') return startNeonLocal(options)
  const command = [await program('node'), '--experimental-strip-types', '--no-warnings', ENDPOINT]
  const child = Bun.spawn([...command, JSON.stringify(options)], { stdin: 'pipe', stdout: 'pipe' })
  const { value } = await child.stdout.getReader().read()
  const { port, url, connection } = JSON.parse(new TextDecoder().decode(value))
  return {
    port,
    url,
    connectionString: (database) =>
      database === undefined ? connection : Object.assign(new URL(connection), { pathname: database }).href,
    async stop() {
      child.stdin.end()
      await child.exited
    },
  }
}

const ENDPOINT = join(import.meta.dir, '../../packages/neon-local/tests/support/endpoint.ts')

/** Starts one. Connection strings name the endpoint's port, so endpoints of several tests don't disturb each other. */
export async function startEndpoint(options: Omit<Options, 'upstream'> = {}): Promise<Endpoint> {
  const server = await serverUrl()
  const name = `neon_local_${crypto.randomUUID().slice(0, 8)}`
  const admin = new Bun.SQL(server, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  const upstream = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const local = await startLocal({ upstream, ...options })
  const direct = new Bun.SQL(upstream, { max: 2, connection: { application_name: 'observer' } })
  useNeonLocal(neonConfig)
  const { fetchFunction } = neonConfig
  neonConfig.fetchFunction = undefined // tests of the app may be running over one of their own
  return {
    ...local,
    upstream,
    direct,
    async close() {
      neonConfig.fetchFunction = fetchFunction
      await local.stop()
      await direct.close()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.close()
    },
  }
}

/** What the endpoint's sessions do in Postgres just now, but for idle ones of its pools. */
export async function busySessions({ direct }: Endpoint): Promise<{ state: string; query: string }[]> {
  return direct`
    select state, query from pg_stat_activity
    where datname = current_database() and application_name <> 'observer' and state <> 'idle'`
}

/** How many sessions the endpoint has in Postgres. */
export async function countSessions({ direct }: Endpoint): Promise<number> {
  const [row] = await direct`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name <> 'observer'`
  return row.n
}

/** Waits until `check` gives `expected`, and returns what it gave last: the value itself when it never does. */
export async function eventually<T>(check: () => Promise<T> | T, expected: T, withinMs = 5_000): Promise<T> {
  const deadline = Date.now() + withinMs
  let value = await check()
  while (!Bun.deepEquals(value, expected) && Date.now() < deadline) {
    await Bun.sleep(20)
    value = await check()
  }
  return value
}

/** Sends a request to `/sql` as it is, without the driver, and reads the answer. */
export async function postSql(
  { url, connectionString }: NeonLocal,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${url}/sql`, {
    method: 'POST',
    headers: { 'Neon-Connection-String': connectionString(), ...headers },
    body: typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
