import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from './causes.ts'
import type { Home } from './home.ts'
import { freePort } from './port.ts'
import { isRunning } from './process.ts'
import { postgresPrograms, runProgram } from './programs.ts'

const TAKES_AT_MOST_MS = 60_000 // on a busy machine; usually under a second

/** Whether `home` has data, of whatever version or state. */
export const hasData = (home: Home): boolean => existsSync(home.data) && readdirSync(home.data).length > 0

/**
 * Creates the data of a new server, with a random password. The work happens in a new folder, which is renamed once it is complete: a
 * process that is killed leaves nothing half-made, and of several processes one wins. Throws `DevPostgresError` and system errors.
 */
export async function initialise(home: Home, say: (line: string) => void): Promise<void> {
  const workshop = join(home.folder, `new-${Date.now()}-${process.pid}-${randomBytes(2).toString('hex')}`)
  mkdirSync(workshop, { mode: 0o700 })
  try {
    if (await isDoneByAnother(home, basename(workshop))) return
    say('Setting up PostgreSQL (once) …')
    await createData(home, workshop)
    renameSync(join(workshop, 'data'), home.data)
  } catch (error) {
    if (!hasData(home)) throw error // else another process was faster
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

// Only the process that came first, by the name of its folder, does the work; the others wait until it is done or gone. Should two
// do it after all, the slower one cannot rename.
async function isDoneByAnother(home: Home, own: string): Promise<boolean> {
  for (const deadline = Date.now() + TAKES_AT_MOST_MS; Date.now() < deadline; await sleep(10)) {
    if (hasData(home)) return true
    let isFirst = true
    for (const name of readdirSync(home.folder)) {
      const [, pid] = /^new-\d+-(\d+)-/.exec(name) ?? []
      if (!pid || name >= own) continue
      if (isRunning(Number(pid))) isFirst = false
      else rmSync(join(home.folder, name), { recursive: true, force: true })
    }
    if (isFirst) return false
  }
  return false
}

async function createData(home: Home, workshop: string): Promise<void> {
  const data = join(workshop, 'data')
  const passwordFile = join(workshop, 'password')
  writeFileSync(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 })
  const { uid, gid } = home.user
  if (uid !== undefined && gid !== undefined) {
    for (const path of [workshop, passwordFile]) chownSync(path, uid, gid)
  }
  const { code, errors } = await runProgram(
    join(postgresPrograms(home.user), 'initdb'),
    [
      ...['-D', data],
      ...['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C'],
      ...['--no-instructions', '--no-sync', '--no-clean'],
    ],
    home.user,
  )
  if (code !== 0) throw failure(home, `initdb failed (exit code ${code})`, errors)
  renameSync(passwordFile, join(data, 'password'))
  writeFileSync(join(data, 'port'), String(await freePort(home.usualPort)), { mode: 0o600 })
}
