import { randomBytes } from 'node:crypto'
import { chownSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explained, failure } from './causes.ts'
import { findHome, type Home } from './home.ts'
import { hasData } from './initialise.ts'
import { ownCommands } from './options.ts'
import { postgresPrograms, runProgram } from './programs.ts'
import { stopPostgres } from './stop.ts'

/** Gives the server in `dir` a new password, in place of a lost one, and leaves it stopped. Returns false where there is no server. Throws `DevPostgresError`. */
export async function newPassword(dir: string): Promise<boolean> {
  try {
    const home = findHome(dir, ownCommands(dir))
    if (home === null || !hasData(home)) return false
    await stopPostgres(dir)
    await setPassword(home, randomBytes(16).toString('hex'))
    return true
  } catch (error) {
    throw explained(error, dir)
  }
}

// In its single-user mode PostgreSQL asks for no password.
async function setPassword(home: Home, password: string): Promise<void> {
  const file = `${home.password}.new`
  writeFileSync(file, password, { mode: 0o600 })
  const { uid, gid } = home.user
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
  const program = join(postgresPrograms(home.user), 'postgres')
  const statement = `alter role postgres password '${password}'\n`
  const { code, errors } = await runProgram(
    program,
    ['--single', '-D', home.data, 'postgres'],
    home.user,
    statement,
  )
  if (code !== 0) throw failure(home, 'the password was not changed', errors)
  renameSync(file, home.password)
}
