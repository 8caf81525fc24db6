import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning } from './process.ts'
import { type Server, startPostgres } from './start.ts'
import { resetPostgres } from './stop.ts'

/** A server that nobody else uses. `remove`, or the end of an `await using` block, stops it and deletes its data. */
export type TemporaryServer = Server & AsyncDisposable & { dir: string; remove: () => Promise<void> }

/**
 * Starts a new server in the system's temporary folder. First removes the temporary servers whose process ended without
 * disposing of them. Throws `DevPostgresError`.
 */
export async function temporaryPostgres(databases: string[] = []): Promise<TemporaryServer> {
  await removeAbandoned('dev-postgres-')
  const dir = temporaryFolder('dev-postgres-')
  const remove = async () => {
    await resetPostgres(dir)
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const server = await startPostgres(dir, databases, { say: () => {} })
    return { ...server, dir, remove, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Creates an empty folder in the system's temporary folder whose name tells its process: `removeAbandoned(prefix)` will find it. */
export function temporaryFolder(prefix: string): string {
  const folder = join(tmpdir(), `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  mkdirSync(folder, { mode: 0o755 }) // root's server runs as another user
  return folder
}

/**
 * Removes the folders of `temporaryFolder(prefix)` whose process is gone, after stopping the servers in them, and returns their
 * paths. A folder that this user may not remove is left alone.
 */
export async function removeAbandoned(prefix: string): Promise<string[]> {
  const removed: string[] = []
  for (const name of readdirSync(tmpdir())) {
    const [pid] = name.startsWith(prefix)
      ? (/^\d+(?=-[0-9a-f]{8}$)/.exec(name.slice(prefix.length)) ?? [])
      : []
    if (!pid || isRunning(Number(pid))) continue
    const folder = join(tmpdir(), name)
    try {
      for (const dir of [folder, ...foldersIn(folder)]) await resetPostgres(dir)
      rmSync(folder, { recursive: true })
      removed.push(folder)
    } catch {}
  }
  return removed
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
