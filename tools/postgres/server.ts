import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ToolError } from '../error.ts'
import { postgresBinaries, runProgram, serverUser } from './binaries.ts'
import { type Home, serverHome } from './home.ts'
import { withLock } from './lock.ts'
import { isPostgres, readPidFile } from './pid-file.ts'

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 10_000

/** A running embedded server. `url` gives the connection string of one of its databases. */
export type LocalServer = { url: (database: string) => string }

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
      if (!existsSync(join(home.data, 'PG_VERSION'))) await initialise(home)
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

async function missingDatabases(server: LocalServer, databases: string[]): Promise<string[]> {
  await using sql = new Bun.SQL(server.url('postgres'), { max: 1, connectionTimeout: 5 })
  const rows: { datname: string }[] = await sql`select datname from pg_database`
  return databases.filter((name) => !rows.some((row) => row.datname === name))
}

async function createMissing(server: LocalServer, databases: string[]): Promise<void> {
  const missing = await missingDatabases(server, databases)
  if (missing.length === 0) return
  await using sql = new Bun.SQL(server.url('postgres'), { max: 1 })
  for (const name of missing) await sql`create database ${sql(name)}`
}

async function initialise(home: Home): Promise<void> {
  console.error('Setting up the embedded PostgreSQL (once) …')
  rmSync(home.data, { recursive: true, force: true }) // what an interrupted set-up left
  mkdirSync(home.data, { recursive: true, mode: 0o700 })
  writeFileSync(home.password, randomBytes(16).toString('hex'), { mode: 0o600 })
  const passwordFile = join(home.data, '..', `password-for-initdb`)
  writeFileSync(passwordFile, readFileSync(home.password), { mode: 0o600 })
  if (serverUser.uid !== undefined && serverUser.gid !== undefined) {
    for (const path of [home.data, passwordFile]) chownSync(path, serverUser.uid, serverUser.gid)
  }
  const options = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ]
  try {
    await runProgram(join(postgresBinaries(), 'initdb'), [
      '-D',
      home.data,
      ...options,
      '--no-instructions',
      '--no-sync',
    ])
  } catch (error) {
    rmSync(home.data, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
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
    max_connections: 200,
    synchronous_commit: 'off', // a power cut may lose the last moments of development data, never corrupt it
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

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', () =>
      wanted === 0 ? reject(new ToolError('No free port on 127.0.0.1.')) : resolve(freePort(0)),
    )
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted))
    })
  })
}

function fail(home: Home, what: string): never {
  const log = existsSync(home.log)
    ? readFileSync(home.log, 'utf8').trimEnd().split('\n').slice(-3).join('\n')
    : ''
  throw new ToolError(`The embedded PostgreSQL can't run: ${what}. The end of its log (${home.log}):\n${log}`)
}
