import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '../error.ts'
import { wranglerQuietly } from './wrangler.ts'

/** The bundle's main module, as wrangler names it. */
export const MAIN_MODULE = 'workers.js'

/** Makes the bundle that `make deploy` would upload, and returns its folder, for the caller to delete. Throws `ToolError`. */
export async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-worker-'))
  const args = ['deploy', '--dry-run', '--env', 'production', '--outdir', folder]
  const { exitCode, output } = await wranglerQuietly(args)
  if (exitCode === 0) return folder
  rmSync(folder, { recursive: true })
  throw new ToolError(`The Worker can't be bundled:\n${output}`)
}
