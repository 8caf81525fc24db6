import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ToolError } from './error.ts'

/**
 * Fetches the packages that the package.json in `folder` pins, for what few commands need: quick and without the network when
 * they are there already. No package's own install script runs. `name` is what messages call them. Throws `ToolError`.
 */
export async function fetchPackages(folder: string, name: string): Promise<void> {
  if (!existsSync(join(folder, 'node_modules'))) console.error(`Fetching ${name} through npm (once) …`)
  const command = [process.execPath, 'install', '--frozen-lockfile', '--ignore-scripts', '--silent']
  const { exited, stderr } = Bun.spawn(command, { cwd: folder, stdout: 'ignore', stderr: 'pipe' })
  const output = await new Response(stderr).text()
  if ((await exited) !== 0)
    throw new ToolError(
      `${name} can't be fetched: ${output.trim() || 'the npm registry does not answer'}. Try again with a network.`,
    )
}
