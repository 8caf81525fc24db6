import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
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
 * mode 0700), `dir/postgres` links to a folder under /var/lib.
 */
export function findHome(dir: string, commands: Commands): Home | null {
  try {
    const place = join(realpathSync(dir), 'postgres')
    const isLink = lstatSync(place).isSymbolicLink()
    const target = isLink ? readlinkSync(place) : place
    if (isLink && !belongsTo(target, place)) return null
    return homeAt(place, target, commands)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** The server's home in `dir`, which is created where it is missing. Throws system errors. */
export function makeHome(dir: string, commands: Commands): Home {
  mkdirSync(dir, { recursive: true })
  const existing = findHome(dir, commands)
  if (existing) {
    mkdirSync(existing.folder, { recursive: true })
    return existing
  }
  const place = join(realpathSync(dir), 'postgres')
  const target = canEnter(serverUser(place), dirname(place)) ? place : sharedFolder(place)
  mkdirSync(target, { recursive: true, mode: 0o755 })
  if (target !== place) link(place, target)
  return homeAt(place, target, commands)
}

/** Whether the folder under /var/lib serves the project that has `place`, and not the one that the project was copied from. */
function belongsTo(target: string, place: string): boolean {
  if (target === sharedFolder(place)) return true
  const owner = readIfThere(join(target, 'belongs-to'))
  const isCopy = owner !== place && linkTarget(owner) === target
  if (!isCopy && owner !== place) writeFileSync(join(target, 'belongs-to'), place) // the project was moved
  return !isCopy
}

/** Whether the project that a folder under /var/lib was made for is gone. */
export function isAbandoned(target: string): boolean {
  const owner = readIfThere(join(target, 'belongs-to'))
  return owner !== '' && linkTarget(owner) !== target
}

function link(place: string, target: string): void {
  writeFileSync(join(target, 'belongs-to'), place)
  if (linkTarget(place) === target) return
  rmSync(place, { force: true })
  try {
    symlinkSync(target, place)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error // another start was faster
  }
}

function homeAt(place: string, folder: string, commands: Commands): Home {
  const data = join(folder, 'data')
  const secrets = existsSync(join(folder, 'password')) ? folder : data // servers from before this package kept them outside
  return {
    folder,
    data,
    log: join(folder, 'log'),
    password: join(secrets, 'password'),
    port: join(secrets, 'port'),
    usualPort: portFor(hashOf(place).readUInt16BE(0)),
    user: serverUser(data),
    commands,
  }
}

const hashOf = (place: string): Buffer => createHash('sha256').update(place).digest()

function sharedFolder(place: string): string {
  const project = basename(dirname(dirname(place)))
  return join(SHARED_STATE, `${project}-${hashOf(place).toString('hex').slice(0, 8)}`)
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
