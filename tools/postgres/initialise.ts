import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresBinaries, runProgram, serverUser } from './binaries.ts'
import type { Home } from './home.ts'

/** Makes a new, empty server in `home`, with a password of its own. Throws `ToolError` when initdb fails. */
export async function initialise(home: Home): Promise<void> {
  console.error('Setting up the embedded PostgreSQL (once) …')
  rmSync(home.data, { recursive: true, force: true }) // what an interrupted set-up left
  mkdirSync(home.data, { recursive: true, mode: 0o700 })
  const password = randomBytes(16).toString('hex')
  writeFileSync(home.password, password, { mode: 0o600 })
  const passwordFile = `${home.password}-for-initdb`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (serverUser.uid !== undefined && serverUser.gid !== undefined) {
    for (const path of [home.data, passwordFile]) chownSync(path, serverUser.uid, serverUser.gid)
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
      home.data,
      ...options,
      '--no-instructions',
      '--no-sync',
    ])
  } catch (error) {
    rmSync(home.data, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
}
