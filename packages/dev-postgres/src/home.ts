import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { systemCode } from './error.ts'
import type { Commands } from './options.ts'
import { portFor } from './port.ts'
import { SHARED_STATE } from './programs.ts'
import { canEnter, type ServerUser, serverUser } from './server-user.ts'

/** Where one server keeps its state. */
export type Home = {
  /** The folder of everything below: `postgres` in the user's folder, or what that links to. */
  folder: string
  /** PostgreSQL's data folder. It appears complete, with the password in it, or not at all. */
  data: string
  log: string
  password: string
  port: string
  /** The port of a new server: the same for the same folder. */
  usualPort: number
  user: ServerUser
  commands: Commands
}

/**
 * The server's home in `dir`, or null where it has none yet. Where the server's user cannot enter `dir` (root, in a home of
 * mode 0700), `dir/postgres` links to a folder under /var/lib. Throws system errors.
 */
export function findHome(dir: string, commands: Commands): Home | null {
  try {
    const place = join(realpathSync(dir), 'postgres')
    if (!lstatSync(place).isSymbolicLink()) return homeAt(place, place, commands)
    const target = resolve(dirname(place), readlinkSync(place))
    return belongsTo(target, place) ? homeAt(place, target, commands) : null
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** The server's home in `dir`, which is created where it is missing. Throws system errors. */
export function makeHome(dir: string, commands: Commands): Home {
  mkdirSync(dir, { recursive: true })
  const existing = findHome(dir, commands)
  if (existing) return existing
  const place = join(realpathSync(dir), 'postgres')
  if (canEnter(serverUser(place), dirname(place))) mkdirSync(place, { recursive: true })
  else makeLink(place)
  return findHome(dir, commands) ?? homeAt(place, place, commands)
}

/** Whether the folder that `place` links to is this project's, and not the one of the project that it was copied from. */
function belongsTo(target: string, place: string): boolean {
  const note = join(target, 'belongs-to')
  const owner = readIfThere(note)
  if (owner !== place && linkTarget(owner) === target) return false
  if (owner !== place) writeFileSync(note, place) // the project was moved
  return true
}

/** Whether a folder under /var/lib belongs to a project that is gone. */
export const isAbandoned = (target: string): boolean =>
  linkTarget(readIfThere(join(target, 'belongs-to'))) !== target

function makeLink(place: string): void {
  mkdirSync(SHARED_STATE, { recursive: true, mode: 0o755 })
  const target = mkdtempSync(join(SHARED_STATE, `${basename(dirname(dirname(place)))}-`))
  chmodSync(target, 0o755)
  writeFileSync(join(target, 'belongs-to'), place)
  try {
    if (linkTarget(place)) rmSync(place) // of the project that this one was copied from
    symlinkSync(target, place)
  } catch (error) {
    rmSync(target, { recursive: true })
    if (systemCode(error) !== 'EEXIST') throw error // else another start was faster
  }
}

/** The home whose state is in `folder`, for the project that has it at `place`. */
export function homeAt(place: string, folder: string, commands: Commands): Home {
  const data = join(folder, 'data')
  const secrets = existsSync(join(folder, 'password')) ? folder : data // servers from before this package kept them outside
  return {
    folder,
    data,
    log: join(folder, 'log'),
    password: join(secrets, 'password'),
    port: join(secrets, 'port'),
    usualPort: portFor(createHash('sha256').update(place).digest().readUInt16BE(0)),
    user: serverUser(data),
    commands,
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** The text of a file, or '' where there is no such file. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return ''
    throw error
  }
}
