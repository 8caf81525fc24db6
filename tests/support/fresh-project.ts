import { mkdirSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { temporaryFolder } from '@hearth/dev-postgres'
import { program } from '../../tools/edge/programs.ts'
import { environment, type Outcome, textOf } from './processes.ts'
import type { Registry } from './registry.ts'

/** A folder outside this repository with a project in it, whose package managers know `registry` alone. */
export async function freshProject(registry: Registry, files: Record<string, string> = {}) {
  const parent = temporaryFolder('hearth-test-')
  const folder = join(parent, 'a project') // people have such paths
  mkdirSync(folder)
  for (const [name, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files }))
    await Bun.write(join(folder, name), text)
  const env = environment({
    PATH: [dirname(await program('node')), dirname(process.execPath), process.env.PATH].join(delimiter),
    npm_config_registry: registry.url,
    npm_config_cache: join(parent, 'npm-cache'),
    BUN_INSTALL_CACHE_DIR: join(parent, 'bun-cache'),
  })
  return {
    folder,
    env,
    /** Runs a shell command in the project to its end, with Node 22 or newer and this Bun on the path. */
    async sh(command: string): Promise<Outcome> {
      const child = Bun.spawn(['sh', '-c', command], { cwd: folder, env, stdin: 'ignore', stderr: 'pipe' })
      const [out, err, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited])
      return { code, out: out.trim(), err: err.trim() }
    },
    remove: () => rmSync(parent, { recursive: true }),
  }
}
