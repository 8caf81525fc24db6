import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '@hearth/dev-postgres'

const PROJECT = resolve(import.meta.dir, '../..')

/** What a program printed, and its exit code. */
export type Outcome = { code: number; out: string; err: string }

type Environment = Record<string, string | undefined>

/** This process's environment with `env`; of the databases it names only those that `env` names. */
export const environment = (env: Environment): Environment => ({
  ...process.env,
  DATABASE_URL: undefined,
  DATABASE_TEST_URL: undefined,
  ...env,
})

/** Starts one of the project's files in a process of its own, in the `environment` of `env`. */
export function start(file: string, args: string[] = [], env: Environment = {}) {
  return Bun.spawn([process.execPath, file, ...args], {
    cwd: PROJECT,
    env: environment(env),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

/** Runs one of the project's files to its end. */
export async function run(file: string, args: string[] = [], env: Environment = {}): Promise<Outcome> {
  const child = start(file, args, env)
  const [out, err, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited])
  return { code, out: out.trim(), err: err.trim() }
}

/** An embedded server of a test file's own, in a folder of its own: it can be stopped and killed while other tests run. */
export function ownServer() {
  const folder = temporaryFolder('hearth-test-')
  const env = { DATA_DIR: join(folder, 'data') }
  const cli = (command: string) => run('tools/postgres.ts', [command], env)
  return {
    folder,
    env,
    cli,
    startApp: (more: Environment = {}) => startApp({ ...env, ...more }),
    async remove(): Promise<void> {
      await cli('reset')
      rmSync(folder, { recursive: true })
    },
  }
}

/** Starts the app on a free port, as `make run` does, and waits until it is up. */
const startApp = (env: Environment) => untilUp(start('tools/dev.ts', [], { ...env, PORT: '0', LOG: 'json' }))

/** Waits for the address that an app prints once it is up. `errors` reads its stderr to the end. */
export async function untilUp(app: ReturnType<typeof start>) {
  const reader = app.stderr.pipeThrough(new TextDecoderStream()).getReader()
  let printed = ''
  const errors = async () => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) printed += chunk.value
    return printed
  }
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    printed += chunk.value
    const [address] = /http:\/\/127\.0\.0\.1:\d+(?=\n)/.exec(printed) ?? []
    if (address) return { app, address, errors }
  }
  throw new Error(`The app did not start: ${printed}`)
}

/** Reads to the end what a process prints. */
export const textOf = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => new Response(stream).text()
