import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { resetPostgres, temporaryFolder } from '../src/index.ts'

/** What a command printed, and its exit code. */
export type Outcome = { code: number; out: string; err: string; ms: number }

/** Runs the command of this package to its end. */
export async function run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const from = performance.now()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../src/cli.ts'), ...args], {
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const text = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => new Response(stream).text()
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
  return { code, out: out.trim(), err: err.trim(), ms: performance.now() - from }
}

/** A folder for a server of this test file. It does not exist yet. `remove` deletes its parent too. */
export function newServer(parent = temporaryFolder('hearth-test-'), name = 'with a space') {
  const dir = join(parent, name)
  const data = join(dir, 'postgres/data')
  return {
    dir,
    data,
    cli: (...args: string[]) => run([...args, '--dir', dir]),
    pid: () => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    port: (url: string) => Number(new URL(url).port),
    async remove() {
      await resetPostgres(dir)
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

/** The rows of one statement. */
export async function query(url: string, text: string): Promise<unknown[]> {
  await using sql = new Bun.SQL(url, { max: 1 })
  return [...(await sql.unsafe(text))]
}
