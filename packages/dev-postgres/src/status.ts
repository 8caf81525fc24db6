import { join } from 'node:path'
import { explained } from './causes.ts'
import { findHome, readIfThere } from './home.ts'
import { ownCommands } from './options.ts'
import { findServer } from './process.ts'

/** What is known about the server of a folder without connecting to it. */
export type Status = {
  /** The folder of its data, its log and its password. */
  folder: string
  /** The major version of the data. */
  version: string
  /** Null when it is not running. */
  server: { pid: number; port: number; status: 'starting' | 'ready' | 'stopping' } | null
}

/** The status of the server in `dir`, or null where there has never been one. Throws `DevPostgresError`. */
export function postgresStatus(dir: string): Status | null {
  try {
    const home = findHome(dir, ownCommands(dir))
    const version = home && readIfThere(join(home.data, 'PG_VERSION'))
    return home && version ? { folder: home.folder, version, server: findServer(home) } : null
  } catch (error) {
    throw explained(error, dir)
  }
}
