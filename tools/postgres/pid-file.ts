import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What Postgres writes about its running server; it stays behind when the server is killed. */
export type PidFile = { pid: number; port: number; ready: boolean }

/** Reads `postmaster.pid` of a data folder, or returns null where there is none, or none that is complete. */
export function readPidFile(dataFolder: string): PidFile | null {
  const lines = readIfThere(join(dataFolder, 'postmaster.pid')).split('\n')
  // The lines are fixed by Postgres (src/include/utils/pidfile.h): pid first, port fourth, status eighth.
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : null
}

/** Whether the process with this number runs and is a Postgres server: numbers are reused by other programs. */
export function isPostgres(pid: number): boolean {
  // Linux tells by itself, and its small images lack `ps`. Z is a zombie (proc_pid_stat(5)).
  if (existsSync('/proc/self/stat')) return /^\d+ \(postgres\) [^Z]/.test(readIfThere(`/proc/${pid}/stat`))
  const { stdout } = spawnSync('ps', ['-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' })
  return /postgres/.test(stdout) && !stdout.trimStart().startsWith('Z')
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
