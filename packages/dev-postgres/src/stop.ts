import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { explained } from './causes.ts'
import { DevPostgresError, systemCode } from './error.ts'
import { findHome, type Home, homeAt, isAbandoned } from './home.ts'
import { ownCommands } from './options.ts'
import { findServer, isRunning } from './process.ts'
import { SHARED_STATE } from './programs.ts'

const STOP_TIMEOUT_MS = 30_000 // it writes its data to disk

/** Stops the server of `dir` and returns whether it was running. Connections are closed, data is kept. Throws `DevPostgresError`. */
export async function stopPostgres(dir: string): Promise<boolean> {
  try {
    const home = findHome(dir, ownCommands(dir))
    return home !== null && (await stop(home))
  } catch (error) {
    throw explained(error, dir)
  }
}

/** Stops the server of `dir` and deletes all its databases. Throws `DevPostgresError`. */
export async function resetPostgres(dir: string): Promise<void> {
  try {
    const home = findHome(dir, ownCommands(dir))
    if (home === null) return
    await removeHome(home)
    rmSync(join(dir, 'postgres'), { force: true }) // the link to it, where it was one
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw explained(error, dir) // else another process deletes it
  }
}

/**
 * Stops the servers and deletes the data of projects that are gone: those of root in folders that the server's user cannot enter, whose data is
 * under /var/lib. Returns their folders. Unless `isConfirmed`, it only lists them.
 */
export async function sweepPostgres(isConfirmed: boolean): Promise<string[]> {
  const folders = existsSync(SHARED_STATE)
    ? readdirSync(SHARED_STATE).map((name) => join(SHARED_STATE, name))
    : []
  const abandoned = folders.filter((folder) => existsSync(join(folder, 'belongs-to')) && isAbandoned(folder))
  if (isConfirmed)
    for (const folder of abandoned) await removeHome(homeAt(folder, folder, ownCommands(folder)))
  return abandoned
}

// Renamed first, so that a start during the deletion finds nothing rather than half of the data.
async function removeHome(home: Home): Promise<void> {
  await stop(home)
  const folder = `${home.folder}.deleted-${randomBytes(4).toString('hex')}`
  renameSync(home.folder, folder)
  await stop({ ...home, folder, data: join(folder, 'data') }) // one that was started in between
  rmSync(folder, { recursive: true, force: true })
}

async function stop(home: Home): Promise<boolean> {
  const server = findServer(home)
  if (server === null) return false
  process.kill(server.pid, 'SIGINT') // PostgreSQL calls it a fast shutdown
  for (const deadline = Date.now() + STOP_TIMEOUT_MS; isRunning(server.pid); await sleep(10)) {
    if (Date.now() > deadline) throw notStopped(server.pid)
  }
  return true
}

const notStopped = (pid: number) =>
  new DevPostgresError(
    'not_stopped',
    `PostgreSQL (process ${pid}) is still stopping after ${STOP_TIMEOUT_MS / 1000} s. To end it at once, with a recovery at the next start: kill -QUIT ${pid}`,
  )
