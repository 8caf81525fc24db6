import { environment } from '../../../../tests/support/processes.ts'

/** Starts the command from its sources. */
export function cli(args: string[], env: Record<string, string> = {}) {
  const command = [process.execPath, 'packages/neon-local/src/cli.ts', ...args]
  return Bun.spawn(command, { env: environment(env), stdout: 'pipe', stderr: 'pipe' })
}

/** Reads what a program prints until it has printed `pattern`, and returns its first group. */
export async function printed(output: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk)
    const found = pattern.exec(text)
    if (found) return found[1] ?? ''
  }
  throw new Error(`The program ended, having printed: ${text}`)
}

/** Runs a program to its end. */
export async function run(
  command: string[],
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(command, { stdin: new Blob([input]), stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out: out.trim(), err: err.trim() }
}
