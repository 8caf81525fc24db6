#!/usr/bin/env node
import { parseArgs } from 'node:util'
import {
  DevPostgresError,
  newPassword,
  postgresStatus,
  resetPostgres,
  startPostgres,
  stopPostgres,
  sweepPostgres,
} from './index.ts'

const USAGE = `Usage: dev-postgres <command> [--dir .data]

  start [database ...]   start the server, create the databases that are missing, print their URLs
  url [database]         the same, but print only this URL
  status                 print whether it is running; exit code 1 when it is not
  stop                   stop it; its data is kept
  reset --yes            stop it and delete all its databases
  new-password           stop it and give it a new password, when the old one is lost
  sweep [--yes]          list the data of projects that are gone (root's, under /var/lib), and delete it with --yes`

type Arguments = { dir: string; databases: string[]; yes: boolean }

/** Each returns the exit code: 0 done, 1 failed or not running, 2 refused. */
const commands: Record<string, (given: Arguments) => number | Promise<number>> = {
  async start({ dir, databases }) {
    const server = await startPostgres(dir, databases)
    for (const name of databases.length > 0 ? databases : ['postgres']) console.log(server.url(name))
    return 0
  },
  async url({ dir, databases }) {
    const server = await startPostgres(dir, databases)
    console.log(server.url(databases[0] ?? 'postgres'))
    return 0
  },
  status({ dir }) {
    const status = postgresStatus(dir)
    if (status === null) return say(`There is no server in ${dir} yet.`, 1)
    const { server, version, folder } = status
    if (server === null) return say(`PostgreSQL ${version} in ${folder} is not running.`, 1)
    return say(
      `PostgreSQL ${version} in ${folder} is ${server.status} on port ${server.port} (process ${server.pid}).`,
      0,
    )
  },
  async stop({ dir }) {
    const wasRunning = await stopPostgres(dir)
    return say(wasRunning ? 'PostgreSQL stopped; its data is kept.' : 'PostgreSQL was not running.', 0)
  },
  async reset({ dir, yes }) {
    if (!yes)
      return refuse(`Nothing was changed: reset deletes all databases in ${dir}. Run it again with --yes.`)
    await resetPostgres(dir)
    return say('The databases are deleted.', 0)
  },
  async 'new-password'({ dir }) {
    const hasServer = await newPassword(dir)
    return say(
      hasServer ? 'PostgreSQL has a new password, and is stopped.' : `There is no server in ${dir} yet.`,
      hasServer ? 0 : 1,
    )
  },
  async sweep({ yes }) {
    const folders = await sweepPostgres(yes)
    if (folders.length === 0) return say('There is no data of a project that is gone.', 0)
    return say(
      [...folders, yes ? 'Deleted.' : 'Nothing was changed: sweep --yes deletes these.'].join('\n'),
      0,
    )
  },
}

try {
  process.exitCode = await run()
} catch (error) {
  if (!(error instanceof DevPostgresError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function run(): number | Promise<number> {
  const given = readArguments()
  const command = commands[given?.name ?? '']
  return given && command ? command(given) : refuse(USAGE)
}

function readArguments() {
  const options = {
    dir: { type: 'string', default: '.data' },
    yes: { type: 'boolean', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [name = '', ...databases] = positionals
    const atMost = name === 'start' ? Number.POSITIVE_INFINITY : name === 'url' ? 1 : 0
    return databases.length <= atMost && values.dir ? { name, databases, ...values } : null
  } catch {
    return null // an option that does not exist
  }
}

function say(line: string, code: number): number {
  console.log(line)
  return code
}

function refuse(sentence: string): number {
  console.error(sentence)
  return 2
}
