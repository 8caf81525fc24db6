import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../src/config.ts'
import { startWorkerd, type Workerd } from '../tools/edge/workerd.ts'

const MODULE = 'hasher.js'

/** Starts a Worker that answers every request with one hash at the app's cost, and does nothing else. */
export async function startHasher(): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-hasher-'))
  const { scrypt } = loadConfig({ DATABASE_URL: 'postgres://none/none' })
  const options = JSON.stringify({ ...scrypt, maxmem: 2 ** 26 })
  const source = `import { scrypt } from 'node:crypto'
const salt = new Uint8Array(16)
const answer = (resolve) => scrypt('correct horse', salt, 32, ${options}, () => resolve(new Response()))
export default { fetch: () => new Promise(answer) }`
  writeFileSync(join(folder, MODULE), source)
  const hasher = await startWorkerd(folder, MODULE)
  rmSync(folder, { recursive: true })
  return hasher
}
