import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { DevPostgresError, systemCode } from './error.ts'
import type { Home } from './home.ts'

const NEEDS_MB = 64 // a new server takes 40
const WAL_SEGMENT_MB = 16 // with less, PostgreSQL fails, and often cannot write why

/** SQLSTATEs in the log of a server that did not start (PostgreSQL's documentation, appendix A). */
const LOCK_FILE_EXISTS = 'F0001'
const DISK_FULL = '53100'
const PASSWORD_REFUSED = '28P01'
const DATA_REFUSED = ['XX001', '55000', '58P01'] // corrupted, of another kind, incomplete

/** Whether the server that wrote `log` found its data in use: by another server, or by the last processes of a killed one. */
export const isInUse = (log: string): boolean => fatalStates(log).includes(LOCK_FILE_EXISTS)

/** The error of a server that exited while it started, by its `log`. */
export function startFailure(home: Home, log: string): DevPostgresError {
  const states = fatalStates(log)
  if (states.includes(DISK_FULL) || freeMegabytes(home) < WAL_SEGMENT_MB)
    return diskFull(home.folder, quote(log))
  const isRefused =
    states.some((state) => DATA_REFUSED.includes(state)) ||
    / PANIC:/.test(log) ||
    !existsSync(join(home.data, 'global/pg_control')) // PostgreSQL logs it without a state
  return isRefused ? dataDamaged(home, quote(log)) : failure(home, 'it exited while it started', log)
}

/** The error for data that PostgreSQL does not accept. */
export const dataDamaged = (home: Home, details: string): DevPostgresError =>
  new DevPostgresError(
    'data_damaged',
    `PostgreSQL does not accept the data in ${home.data}. Put a copy back, or delete it: ${home.commands.reset}${details}`,
  )

/** The error for a running server that refused its first statements; an error that is not PostgreSQL's is returned unchanged. */
export function sqlFailure(home: Home, error: unknown): unknown {
  const code = systemCode(error) ?? ''
  if (!/^[0-9A-Z]{5}$/.test(code) || !(error instanceof Error)) return error
  if (code === PASSWORD_REFUSED) return passwordLost(home, 'is not the right one')
  if (code === DISK_FULL) return diskFull(home.folder, quote(error.message))
  return new DevPostgresError(
    'not_started',
    `PostgreSQL runs in ${home.folder}, but refuses: ${error.message} (${code}).`,
  )
}

/** The error for a password file that is missing or wrong. */
export const passwordLost = (home: Home, what: string): DevPostgresError =>
  new DevPostgresError(
    'password_lost',
    `The password of the server in ${home.folder} ${what}: put ${home.password} back, or set a new one: ${home.commands.newPassword}`,
  )

/** The error for a program that failed in `home`, with the end of what it printed. Tells when the disk is full. */
export function failure(home: Home, what: string, printed: string): DevPostgresError {
  if (freeMegabytes(home) < WAL_SEGMENT_MB) return diskFull(home.folder, quote(printed))
  return new DevPostgresError(
    'not_started',
    `PostgreSQL can't run in ${home.folder}: ${what}.${quote(printed)}`,
  )
}

/** `error` as a `DevPostgresError` where the system refused something about `dir`; any other error unchanged. */
export function explained(error: unknown, dir: string): unknown {
  const code = systemCode(error)
  if (error instanceof DevPostgresError || code === undefined) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(dir, '')
  if (!/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ELOOP|ENAMETOOLONG)$/.test(code)) return error
  return new DevPostgresError(
    'unusable_folder',
    `PostgreSQL can't keep its data in ${dir} (${code}): use a folder that you may write to, and the same user at every start.`,
  )
}

function freeMegabytes({ folder }: Home): number {
  const { bavail, bsize } = statfsSync(folder)
  return (bavail * bsize) / 1024 ** 2
}

const diskFull = (where: string, details: string): DevPostgresError =>
  new DevPostgresError(
    'disk_full',
    `The disk of ${where} is full: free ${NEEDS_MB} MB, then try again.${details}`,
  )

const fatalStates = (log: string): string[] =>
  [...log.matchAll(/ ([0-9A-Z]{5}) (?:FATAL|PANIC):/g)].map(([, state]) => String(state))

// Log lines of PostgreSQL can be long; the last ones have the cause.
const quote = (text: string): string =>
  text.trim() && `\nPostgreSQL says:\n${text.trim().split('\n').slice(-4).join('\n')}`
