import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runTool, ToolError } from '../error.ts'

const ROOT = resolve(import.meta.dir, '../..')
const TARGET = 'packages/client/src/contract.ts'

const HEADER = `// Written by \`make client\`, from the types of the app.

/** What each operation takes and responds with: by path, method, and the status of errors. */
`

// What `make client` does: it writes the types of the app's operations out, so that they need none of the server's packages.
await runTool(async () => {
  const declarations = await declare(join(ROOT, 'tools/client/api.ts'))
  const [, type = ''] = /export declare const contract: ([\s\S]*?\n\};?)\n/.exec(declarations) ?? []
  if (!type || type.includes('import('))
    throw new ToolError(
      'The types of the operations need more than themselves, which the client does not have.',
    )
  const code = `${HEADER}export type Contract = ${type.replaceAll('input: {};', 'input: object;')}\n`
  await Bun.write(join(ROOT, TARGET), code)
  await run(['biome', 'check', '--write', TARGET])
  console.log(`Wrote ${TARGET}`)
  return 0
})

async function declare(file: string): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'hearth-client-'))
  const options = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--noCheck',
    '--rootDir',
    ROOT,
    '--outDir',
    out,
  ]
  await run(['tsc', ...options])
  const text = await Bun.file(file.replace(ROOT, out).replace(/\.ts$/, '.d.ts')).text()
  rmSync(out, { recursive: true })
  return text
}

async function run([program = '', ...args]: string[]): Promise<void> {
  const command = [join(ROOT, 'node_modules/.bin', program), ...args]
  const { exited, stdout } = Bun.spawn(command, { cwd: ROOT, stdout: 'pipe', stderr: 'inherit' })
  const output = await new Response(stdout).text()
  if ((await exited) !== 0) throw new ToolError(`${program} failed:\n${output}`)
}
