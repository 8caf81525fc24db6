import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Query } from './catalog.ts'
import { Refusal } from './refusal.ts'
import { shownPath } from './script.ts'

/** The file of a migrations folder that a scratch database runs first: for what the platform brings, such as schemas, roles and extensions. */
export const PRELUDE = 'scratch.sql'

/** Runs a folder's prelude, if it has one, in a scratch database. Throws `sql`. */
export async function runPrelude(query: Query, folder: string): Promise<void> {
  const path = join(folder, PRELUDE)
  if (!existsSync(path)) return
  await query(readFileSync(path, 'utf8')).catch((error: Error) => {
    throw new Refusal('sql', `${shownPath(path)}, which scratch databases run first: ${error.message}.`)
  })
}
