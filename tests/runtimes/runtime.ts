import { ToolError } from '../../tools/error.ts'
import { ALLOWED_ORIGIN } from '../contract/scenarios/protocol.ts'

/** The app in one runtime: where it answers, and how to end it. */
export type Running = { url: string; stop: () => Promise<void> }

/** Starts the app in one runtime on a database. */
export type Launch = (databaseUrl: string) => Promise<Running>

/** The settings that the scenarios count on. */
export const SETTINGS = { CORS_ORIGINS: ALLOWED_ORIGIN, LOG: 'off' }

/** Starts an entry that is a process of its own, on a free port, and waits for its banner. Throws `ToolError` with its last words. */
export async function startProcess(command: string[], databaseUrl: string): Promise<Running> {
  const env = { ...process.env, ...SETTINGS, DATABASE_URL: databaseUrl, HOST: '127.0.0.1', PORT: '0' }
  const child = Bun.spawn(command, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
    output += chunk
    const url = /is up at (\S+)/.exec(output)?.[1]
    if (url) return { url, stop: () => stop(child) }
  }
  throw new ToolError(`${command[0]} did not start: ${output.trim()}`)
}

async function stop(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGTERM')
  if ((await child.exited) !== 0) throw new ToolError(`It stopped with exit code ${child.exitCode}.`)
}
