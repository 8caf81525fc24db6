import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresBinaries, runProgram, serverUser } from '@hearth/dev-postgres'
import type { Home } from './home.ts'

/** Makes a new, empty server in `home`, with a password of its own. Throws `ToolError` when initdb fails. */
export async function initialise(home: Home): Promise<void> {
  console.error('Setting up the embedded PostgreSQL (once) …')
  const unfinished = `${home.data}-unfinished` // initdb may be killed half-way, and its folder looks whole early on
  for (const path of [unfinished, home.data]) rmSync(path, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  const password = randomBytes(16).toString('hex')
  writeFileSync(home.password, password, { mode: 0o600 })
  const passwordFile = `${home.password}-for-initdb`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (serverUser.uid !== undefined && serverUser.gid !== undefined) {
    for (const path of [unfinished, passwordFile]) chownSync(path, serverUser.uid, serverUser.gid)
  }
  const options = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ]
  try {
    await runProgram(join(postgresBinaries(), 'initdb'), [
      '-D',
      unfinished,
      ...options,
      '--no-instructions',
      '--no-sync',
    ])
    renameSync(unfinished, home.data)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
}
