import { Database } from 'bun:sqlite'
import { chmodSync, existsSync } from 'node:fs'

/**
 * Runs `work` while no other process on this machine runs under the same lock file; the others wait.
 * The kernel releases the lock when its holder dies, however it dies, so no lock can ever be stale.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const isNew = !existsSync(file)
  // SQLite is used for its file locks alone: they are the portable ones that a JavaScript runtime ships.
  const lock = new Database(file)
  if (isNew) chmodSync(file, 0o600)
  try {
    while (!tryAcquire(lock)) await Bun.sleep(20)
    return await work()
  } finally {
    lock.close()
  }
}

function tryAcquire(lock: Database): boolean {
  try {
    lock.run('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return false
    throw error
  }
}
