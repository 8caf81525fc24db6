import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import wranglerToml from '../../wrangler.toml'
import { ToolError } from '../error.ts'
import { program } from './programs.ts'

/** A running workerd. `stop` gives the milliseconds of processor time that it took. */
export type Workerd = { url: string; stop: () => Promise<number> }

/**
 * Starts Cloudflare's runtime on a free port of 127.0.0.1 with the Worker whose main module is `module` in `folder`, and
 * `variables` for its bindings. Throws `ToolError` with what workerd said when it does not come up.
 */
export async function startWorkerd(
  folder: string,
  module: string,
  variables: Record<string, string> = {},
): Promise<Workerd> {
  const configuration = join(folder, 'workerd.capnp')
  writeFileSync(configuration, capnp(module, Object.keys(variables)))
  writeFileSync(join(folder, ASSETS_MODULE), await assetsWorker())
  const child = Bun.spawn([await program('workerd'), 'serve', '--control-fd=3', configuration], {
    env: { ...process.env, ...variables }, // rather than in the file: one of them holds a password
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const errors = new Response(child.stderr).text() // read at once, or a full pipe would stop workerd
  const port = await listeningPort(Number(child.stdio[3]))
  rmSync(configuration)
  if (!port) throw new ToolError(`workerd does not start: ${(await errors).trim()}`)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL') // it knows no graceful stop
      await child.exited
      return Number(child.resourceUsage()?.cpuTime.total) / 1000
    },
  }
}

const ASSETS_MODULE = 'assets.js'
const ASSETS = resolve(import.meta.dir, '../../dist/assets')

// Stands in for Cloudflare's static assets, of which the app asks for the text alone.
async function assetsWorker(): Promise<string> {
  const paths = existsSync(ASSETS) ? [...new Bun.Glob('**').scanSync(ASSETS)] : []
  const files = await Promise.all(
    paths.map(async (path) => [`/${path}`, await Bun.file(join(ASSETS, path)).text()]),
  )
  return `const files = ${JSON.stringify(Object.fromEntries(files))}
export default { fetch: ({ url }) => new Response(files[new URL(url).pathname], { status: files[new URL(url).pathname] ? 200 : 404 }) }`
}

// workerd writes a line of JSON for each socket that it listens on. Null when it ends without one.
async function listeningPort(control: number): Promise<string | null> {
  for await (const line of Bun.file(control).stream().pipeThrough(new TextDecoderStream())) {
    const port = /"event":\s*"listen".*"port":\s*(\d+)/.exec(line)?.[1]
    if (port) return port
  }
  return null
}

// The configuration's schema is workerd's own: src/workerd/server/workerd.capnp.
function capnp(module: string, variables: string[]): string {
  const { compatibility_date, compatibility_flags } = wranglerToml as Record<string, string | string[]>
  const bindings = variables.map((name) => `(name = "${name}", fromEnvironment = "${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "${module}", esModule = embed "${module}")],
      compatibilityDate = ${JSON.stringify(compatibility_date)},
      compatibilityFlags = ${JSON.stringify(compatibility_flags)},
      bindings = [(name = "ASSETS", service = "assets"), ${bindings.join(', ')}],
      globalOutbound = "network",
    )),
    (name = "assets", worker = (
      modules = [(name = "${ASSETS_MODULE}", esModule = embed "${ASSETS_MODULE}")],
      compatibilityDate = ${JSON.stringify(compatibility_date)},
    )),
    (name = "network", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`
}
