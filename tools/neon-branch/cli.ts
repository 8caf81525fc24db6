import { runTool, ToolError } from '../error.ts'
import { neonApi } from './api.ts'
import { createBranch, deleteBranch } from './branch.ts'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 }

// What `make test-branch` does: runs a command on a Neon branch that lives as long as the command does. Its database is a new
// one, so that the command never touches the data that came with the branch.
await runTool(async () => {
  const command = process.argv.slice(2)
  if (command.length === 0) throw new ToolError('Usage: bun tools/neon-branch/cli.ts COMMAND [ARGUMENT ...]')
  const api = neonApi(process.env)
  const interruption = watchForSignals()

  const name = `test-${crypto.randomUUID().slice(0, 8)}`
  console.error(`Making the Neon branch ${name} …`)
  const branch = await createBranch(api, name)
  try {
    if (interruption.signal) return EXIT_CODES[interruption.signal]
    const url = await createDatabase(branch.url, name.replaceAll('-', '_'))
    return await run(command, { ...process.env, DATABASE_TEST_URL: url }, interruption)
  } finally {
    console.error(`Deleting the Neon branch ${name} …`)
    await deleteBranch(api, branch.id)
    interruption.unwatch()
  }
})

type Signal = keyof typeof EXIT_CODES
type Interruption = { signal?: Signal; stop?: (signal: Signal) => void; unwatch: () => void }

// A signal ends the command, not this process: it has a branch to delete.
function watchForSignals(): Interruption {
  const onSignal = (signal: NodeJS.Signals) => {
    interruption.signal = signal as Signal
    interruption.stop?.(signal as Signal)
  }
  const signals = Object.keys(EXIT_CODES) as Signal[]
  const unwatch = () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  const interruption: Interruption = { unwatch }
  for (const signal of signals) process.on(signal, onSignal)
  return interruption
}

async function createDatabase(url: string, name: string): Promise<string> {
  await using sql = new Bun.SQL(url, { max: 1, connectionTimeout: 30 })
  try {
    await sql`create database ${sql(name)}`
  } catch (error) {
    const { errno, code } = error as { errno?: string; code?: string }
    throw new ToolError(`The Neon branch makes no database for the tests (${errno ?? code}).`)
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

async function run(command: string[], env: Record<string, string | undefined>, interruption: Interruption) {
  const child = Bun.spawn(command, { env, stdio: ['inherit', 'inherit', 'inherit'] })
  interruption.stop = (signal) => child.kill(signal)
  if (interruption.signal) child.kill(interruption.signal)
  const exitCode = await child.exited
  return interruption.signal ? EXIT_CODES[interruption.signal] : exitCode
}
