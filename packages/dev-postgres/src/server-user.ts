import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Options of `spawn` that choose the user of a PostgreSQL program. */
export type ServerUser = { uid?: number; gid?: number }

// PostgreSQL refuses to run as root, so root runs it as `nobody`, who owns nothing.
const NOBODY = { uid: 65534, gid: 65534 }

/**
 * The user that runs the server of `data`: the current user, except for root. Root takes the owner of existing data, which
 * PostgreSQL requires, and `nobody` for new data.
 */
export function serverUser(data: string): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const existing = statSync(data, { throwIfNoEntry: false })
  return existing && existing.uid !== 0 ? { uid: existing.uid, gid: existing.gid } : NOBODY
}

/** Whether the user that runs the server can enter `folder`. An ordinary user is assumed to. */
export function canEnter({ uid }: ServerUser, folder: string): boolean {
  if (uid === undefined) return true
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const found = statSync(at)
    if (!(found.mode & (found.uid === uid ? 0o100 : 0o001))) return false
  }
  return true
}
