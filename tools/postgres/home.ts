import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isReachable, SHARED_STATE } from '@hearth/dev-postgres'
import { ToolError } from '../error.ts'

/** Where one embedded server keeps what it needs. */
export type Home = {
  data: string
  log: string
  password: string
  port: string
  lock: string
  preferredPort: number
}

/**
 * The server's home for `dataDir`: the folder `postgres` in it. Where the server's user can't enter that folder (root,
 * in a home of mode 0700), it is a link to a folder under /var/lib that the user can enter. Throws `ToolError` where no
 * folder can be made or written to.
 */
export function serverHome(dataDir: string): Home {
  const { folder, hash } = usableFolder(dataDir)
  return {
    data: join(folder, 'data'),
    log: join(folder, 'log'),
    password: join(folder, 'password'),
    port: join(folder, 'port'),
    lock: join(folder, 'lock'),
    // One port a checkout, and the same one at every start, so that a psql or GUI connection can be kept.
    preferredPort: 54_000 + (hash.readUInt16BE(0) % 1000),
  }
}

function usableFolder(dataDir: string): { folder: string; hash: Buffer } {
  try {
    mkdirSync(dataDir, { recursive: true })
    const wanted = join(realpathSync(resolve(dataDir)), 'postgres')
    const hash = createHash('sha256').update(wanted).digest()
    const folder = isReachable(dirname(wanted))
      ? ownFolder(wanted)
      : linkedFolder(wanted, hash.toString('hex').slice(0, 8))
    accessSync(folder, constants.W_OK)
    return { folder, hash }
  } catch (error) {
    const { code } = error as { code?: string }
    throw new ToolError(
      `The embedded PostgreSQL can't use ${dataDir} (${code}): set DATA_DIR to a folder that you may write to.`,
    )
  }
}

function ownFolder(wanted: string): string {
  mkdirSync(wanted, { recursive: true })
  return wanted
}

function linkedFolder(wanted: string, hash: string): string {
  const target = join(SHARED_STATE, `${basename(dirname(dirname(wanted)))}-${hash}`)
  mkdirSync(target, { recursive: true, mode: 0o755 })
  if (lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(wanted) === target)
    return target
  rmSync(wanted, { force: true })
  symlinkSync(target, wanted)
  return target
}
