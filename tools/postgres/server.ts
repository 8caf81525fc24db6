import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresBinaries, postgresMajor, serverUser } from '@hearth/dev-postgres'
import { ToolError } from '../error.ts'
import { type Home, serverHome } from './home.ts'
import { initialise } from './initialise.ts'
import { createMissing, type LocalServer, missingDatabases } from './local-server.ts'
import { withLock } from './lock.ts'
import { isPostgres, readPidFile } from './pid-file.ts'
import { freePort } from './port.ts'

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 10_000

/**
 * Returns the embedded server whose data lies in `dataDir`, with every database of `databases`. Starts it, and makes
 * whatever is missing, first. Safe to call from several processes at once. Throws `ToolError` when it can't start.
 */
export async function startPostgres(dataDir: string, databases: string[]): Promise<LocalServer> {
  const home = serverHome(dataDir)
  const running = await findRunning(home, databases)
  if (running) return running
  return withLock(home.lock, async () => {
    const startedMeanwhile = await findRunning(home, [])
    if (!startedMeanwhile) {
      if (existsSync(join(home.data, 'PG_VERSION'))) assertSameVersion(home)
      else await initialise(home)
      await launch(home)
    }
    const server = (await findRunning(home, [])) ?? fail(home, 'it started but does not answer')
    await createMissing(server, databases)
    return server
  })
}

/** Stops the embedded server of `dataDir`, if it runs, and returns whether it did. Open connections are closed. */
export async function stopPostgres(dataDir: string): Promise<boolean> {
  const home = serverHome(dataDir)
  return withLock(home.lock, () => stop(home))
}

/** Stops the embedded server of `dataDir` and deletes all its databases. */
export async function resetPostgres(dataDir: string): Promise<void> {
  const home = serverHome(dataDir)
  await withLock(home.lock, async () => {
    await stop(home)
    for (const path of [home.data, home.log, home.password]) rmSync(path, { recursive: true, force: true })
  })
}

async function findRunning(home: Home, databases: string[]): Promise<LocalServer | null> {
  const pidFile = readPidFile(home.data)
  if (!pidFile?.ready || !existsSync(home.password)) return null
  const password = readFileSync(home.password, 'utf8')
  const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${pidFile.port}/${database}`
  const server = { url }
  try {
    const missing = await missingDatabases(server, databases)
    return missing.length === 0 ? server : null
  } catch {
    return null // a stale pid file, or somebody else's server on that port
  }
}

function assertSameVersion(home: Home): void {
  const [found, needed] = [readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim(), postgresMajor()]
  if (found === needed) return
  throw new ToolError(
    `The data in ${home.data} is of PostgreSQL ${found}, which PostgreSQL ${needed} can't read: move it with pg_dump of the old version, or delete it by \`make db-reset\`.`,
  )
}

async function launch(home: Home): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (let port = await freePort(rememberedPort(home)); Date.now() < deadline; port = await freePort(0)) {
    const outcome = await launchOn(home, port, deadline)
    if (outcome === 'ready') return writeFileSync(home.port, String(port))
    // A pid file can outlive its server, and its number can pass to another program: Postgres would wait for it for ever.
    const pidFile = readPidFile(home.data)
    if (pidFile && !isPostgres(pidFile.pid)) rmSync(join(home.data, 'postmaster.pid'), { force: true })
    await Bun.sleep(200) // the last processes of a killed server need a moment to go
  }
  fail(home, `it was not ready after ${START_TIMEOUT_MS / 1000} s`)
}

async function launchOn(home: Home, port: number, deadline: number): Promise<'ready' | 'exited'> {
  const log = openSync(home.log, 'a', 0o600)
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 1000, // of tests in several processes, each with pools of its own
    log_min_messages: 'fatal', // messages of errors quote values: user names, even passwords typed in the wrong field
    log_min_error_statement: 'panic',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(postgresBinaries(), 'postgres'), ['-D', home.data, ...args], {
    ...serverUser,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  let exited = false
  child.on('error', () => {
    exited = true
  })
  child.on('exit', () => {
    exited = true
  })
  while (!exited && Date.now() < deadline) {
    const pidFile = readPidFile(home.data)
    if (pidFile?.ready && pidFile.pid === child.pid) return 'ready'
    await Bun.sleep(5)
  }
  return 'exited'
}

async function stop(home: Home): Promise<boolean> {
  const pidFile = readPidFile(home.data)
  if (!pidFile || !isPostgres(pidFile.pid)) return false
  process.kill(pidFile.pid, 'SIGINT') // Postgres calls it a fast shutdown: clients are disconnected, data is written
  const deadline = Date.now() + STOP_TIMEOUT_MS
  while (isPostgres(pidFile.pid)) {
    if (Date.now() > deadline) fail(home, `process ${pidFile.pid} does not stop`)
    await Bun.sleep(10)
  }
  return true
}

function rememberedPort(home: Home): number {
  return existsSync(home.port) ? Number(readFileSync(home.port, 'utf8')) : home.preferredPort
}

function fail(home: Home, what: string): never {
  const log = existsSync(home.log)
    ? readFileSync(home.log, 'utf8').trimEnd().split('\n').slice(-3).join('\n')
    : ''
  throw new ToolError(`The embedded PostgreSQL can't run: ${what}. The end of its log (${home.log}):\n${log}`)
}
