import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What Postgres writes about its running server; it stays behind when the server is killed. */
export type PidFile = { pid: number; port: number; ready: boolean }

/** Reads `postmaster.pid` of a data folder, or returns null where there is none, or none that is complete. */
export function readPidFile(dataFolder: string): PidFile | null {
  let lines: string[]
  try {
    lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return null
  }
  // The lines are fixed by Postgres (src/include/utils/pidfile.h): pid first, port fourth, status eighth.
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : null
}

/** Whether the process with this number runs and is a Postgres server: numbers are reused by other programs. */
export function isPostgres(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' })
  return /postgres/.test(stdout) && !stdout.trimStart().startsWith('Z')
}
