import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure, isInUse, startFailure } from './causes.ts'
import type { Home } from './home.ts'
import { isFree } from './port.ts'
import { findServer, isRunning, recordedPid } from './process.ts'
import { postgresPrograms, programEnvironment } from './programs.ts'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '1000', // tests in several processes, each with its own pools
  // Messages of errors quote values: user names, even passwords typed into the wrong field.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_line_prefix: '%m %e ', // `causes.ts` reads the SQLSTATE
  // After a crash: one call instead of one for each file, which takes 0.4 s instead of 3.
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
}

/**
 * Starts the server of `home` on `port` and waits until it is ready. Returns `busy` when its data is in use, by a server that another
 * process has just started or by the last processes of a killed one. Throws `DevPostgresError` for every other cause.
 */
export async function launch(
  home: Home,
  port: number,
  deadline: number,
): Promise<'ready' | 'port_taken' | 'busy'> {
  const log = join(home.folder, `log-${process.pid}-${port}`)
  try {
    const pid = await spawnServer(home, port, log)
    while (isRunning(pid)) {
      const server = findServer(home)
      if (server?.pid === pid && server.status === 'ready') {
        renameSync(log, home.log) // so the log has one start, and does not grow with every one
        return 'ready'
      }
      if (Date.now() > deadline) throw stillStarting(home, pid)
      await sleep(5)
    }
    const printed = readFileSync(log, 'utf8')
    if (isInUse(printed)) return 'busy'
    if (!(await isFree(port))) return 'port_taken'
    throw startFailure(home, printed)
  } finally {
    rmSync(log, { force: true })
  }
}

// A shell starts it and ends, so that it is nobody's child: Bun's test workers end their children, in whatever session they are.
function spawnServer(home: Home, port: number, log: string): Promise<number> {
  const program = join(postgresPrograms(home.user), 'postgres')
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const output = openSync(log, 'w', 0o600)
  const shell = spawn('/bin/sh', ['-c', '"$@" >&2 & echo $!', 'sh', program, '-D', home.data, ...settings], {
    ...home.user,
    cwd: '/',
    detached: true,
    env: { ...programEnvironment(), ...ignoringStalePid(home) },
    stdio: ['ignore', 'pipe', output],
  })
  closeSync(output)
  return new Promise((resolve, reject) => {
    let printed = ''
    shell.stdout?.on('data', (chunk) => {
      printed += chunk
    })
    shell.on('error', reject)
    shell.on('close', () => resolve(Number(printed)))
  })
}

// A pid file can outlive its server, and the number can pass to another program, which PostgreSQL would take for a server. It ignores the
// number in this variable, but still makes sure that no process uses the data (CreateLockFile in src/backend/utils/init/miscinit.c).
function ignoringStalePid(home: Home): Record<string, string> {
  const pid = recordedPid(home)
  return pid && !findServer(home) ? { PG_GRANDPARENT_PID: String(pid) } : {}
}

const stillStarting = (home: Home, pid: number) =>
  failure(
    home,
    `process ${pid} is still starting, perhaps because it recovers from a crash; try again later`,
    '',
  )
