import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from './error.ts'
import { type Home, readIfThere } from './home.ts'

/** A running server, as PostgreSQL's own pid file describes it. */
export type ServerProcess = { pid: number; port: number; status: 'starting' | 'ready' | 'stopping' }

/**
 * The process that serves the data of `home`, or null. The pid file alone proves nothing: it outlives a killed server, and both
 * its process number and its port can pass to another program, which must never see the password.
 */
export function findServer(home: Home): ServerProcess | null {
  const lines = readIfThere(join(home.data, 'postmaster.pid')).split('\n')
  // The lines are fixed by PostgreSQL (src/include/utils/pidfile.h): pid first, port fourth, status eighth.
  const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim()]
  if (!(pid > 0) || !isServerOf(home, pid)) return null
  return { pid, port, status: status === 'ready' || status === 'stopping' ? status : 'starting' }
}

/** The process number in the pid file, whether or not that process is the server; or null. */
export function recordedPid(home: Home): number | null {
  return Number.parseInt(readIfThere(join(home.data, 'postmaster.pid')), 10) || null
}

/** Whether a process with this number runs, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false
  }
  return !isZombie(pid) // a container whose first process reaps nobody is full of them
}

function isServerOf(home: Home, pid: number): boolean {
  const uid = home.user.uid ?? process.getuid?.()
  try {
    // Linux tells by itself, and its small images lack `ps`.
    return existsSync('/proc/self/stat') ? isServerOnLinux(home, pid, uid) : isServerByPs(home, pid, uid)
  } catch {
    return false // it has just ended, or belongs to another user
  }
}

function isServerOnLinux({ data }: Home, pid: number, uid: number | undefined): boolean {
  if (!/^\d+ \(postgres\) /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) || isZombie(pid)) return false
  if (statSync(`/proc/${pid}`).uid !== uid) return false
  return isSame(data, `/proc/${pid}/cwd`) ?? isSame(data, folderArgument(pid)) ?? false
}

// Where root lacks the right to look at the processes of others (containers), their arguments can still be read.
function folderArgument(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return words[words.indexOf('-D') + 1] ?? ''
}

// Compared by inode, since the folder may have been moved. Null where `other` cannot be looked at.
function isSame(data: string, other: string): boolean | null {
  try {
    const [a, b] = [statSync(data), statSync(other)]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    return null
  }
}

function isServerByPs({ data }: Home, pid: number, uid: number | undefined): boolean {
  const ps = ['-ww', '-o', 'uid=,stat=,command=', '-p', String(pid)]
  const { stdout } = spawnSync('ps', ps, { encoding: 'utf8' })
  const [, owner, command] = /^\s*(\d+)\s+[^Z\s]\S*\s+(.*)/.exec(stdout) ?? []
  return Number(owner) === uid && /\bpostgres /.test(command ?? '') && `${command} `.includes(` -D ${data} `)
}

// The state follows the name in brackets, which may itself have brackets (proc_pid_stat(5)).
const isZombie = (pid: number): boolean => /\) Z [^)]*$/.test(readIfThere(`/proc/${pid}/stat`))
