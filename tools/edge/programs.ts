import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ToolError } from '../error.ts'
import { fetchPackages } from '../packages.ts'

const PROGRAMS = {
  deno: { folder: 'deno', file: '@deno/*/deno', accepts: '^2.9.6' },
  node: { folder: 'node', file: 'node-*/bin/node', accepts: '>=22.12.0' }, // what wrangler asks for
  wrangler: { folder: 'wrangler', file: 'wrangler/bin/wrangler.js', accepts: '4.164.0' },
  workerd: { folder: 'wrangler', file: '@cloudflare/workerd-*/bin/workerd', accepts: null }, // the one that wrangler was made for
}

/** A program that only the edge needs. */
export type Program = keyof typeof PROGRAMS

/**
 * The path of a program: an installed one of a right version, else the one that the project pins, which comes from npm when
 * it is first asked for. Throws `ToolError` when it can't be had.
 */
export async function program(name: Program): Promise<string> {
  const { folder, file, accepts } = PROGRAMS[name]
  const installed = accepts && Bun.which(name)
  if (installed && Bun.semver.satisfies(versionOf(installed), accepts)) return realpathSync(installed)
  const home = join(import.meta.dir, 'packages', folder)
  await fetchPackages(home, name)
  const [path] = new Bun.Glob(`node_modules/${file}`).scanSync({ cwd: home, absolute: true })
  if (!path) throw new ToolError(`npm has no ${name} for this platform: install it yourself.`)
  return path
}

function versionOf(path: string): string {
  const { stdout } = Bun.spawnSync([path, '--version'], { stderr: 'ignore' })
  return /\d+\.\d+\.\d+/.exec(stdout.toString())?.[0] ?? '0.0.0'
}
