import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataDamaged, explained, failure, passwordLost, sqlFailure } from './causes.ts'
import { createMissing } from './databases.ts'
import { DevPostgresError } from './error.ts'
import { type Home, makeHome, readIfThere } from './home.ts'
import { hasData, initialise } from './initialise.ts'
import { launch } from './launch.ts'
import { type Options, ownCommands } from './options.ts'
import { freePort } from './port.ts'
import { findServer, type ServerProcess } from './process.ts'
import { postgresMajor } from './programs.ts'

const START_TIMEOUT_MS = 60_000 // recovery after a crash can take long

/** A running server. `url` returns the connection string of one of its databases. */
export type Server = { port: number; url: (database: string) => string }

/**
 * Returns the PostgreSQL server whose data is in the folder `postgres` of `dir`, with every database of `databases`. Creates and starts what is
 * missing. The server goes on running after this process. Safe to call from several processes at once. Throws `DevPostgresError`.
 */
export async function startPostgres(
  dir: string,
  databases: string[] = [],
  options: Options = {},
): Promise<Server> {
  const say = options.say ?? console.error
  try {
    const home = makeHome(dir, options.commands ?? ownCommands(dir))
    const { port } = await runningServer(home, say)
    const server = serverAt(port, passwordOf(home))
    await createMissing(server.url('postgres'), databases).catch((error: unknown) => {
      throw sqlFailure(home, error)
    })
    return server
  } catch (error) {
    throw explained(error, dir)
  }
}

function serverAt(port: number, password: string): Server {
  const url = (database: string) =>
    `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  return { port, url }
}

async function runningServer(home: Home, say: (line: string) => void): Promise<ServerProcess> {
  const usual = Number(readIfThere(home.port)) || home.usualPort
  let port = usual
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(10)) {
    const server = findServer(home)
    if (server?.status === 'ready') return server
    if (server) continue // another process starts it or stops it
    if (!hasData(home)) await initialise(home, say)
    assertSameVersion(home)
    passwordOf(home)
    const outcome = await launch(home, port, deadline)
    if (outcome === 'port_taken') port = await freePort(port + 1)
    if (outcome === 'ready') report(home, usual, port, say)
  }
  throw failure(home, `it was not ready after ${START_TIMEOUT_MS / 1000} s`, readIfThere(home.log))
}

function report(home: Home, usual: number, port: number, say: (line: string) => void): void {
  if (port !== usual) say(`Port ${usual} is taken: PostgreSQL uses ${port} until its next start.`)
  say(`PostgreSQL is running on port ${port} and keeps running. To stop it: ${home.commands.stop}`)
}

function assertSameVersion(home: Home): void {
  const [found, installed] = [readIfThere(join(home.data, 'PG_VERSION')), postgresMajor()]
  if (found === installed) return
  if (found === '') throw dataDamaged(home, ' (PG_VERSION is missing)')
  throw new DevPostgresError(
    'wrong_version',
    `The data in ${home.data} is of PostgreSQL ${found}, which PostgreSQL ${installed} can't read. Move it with pg_dump and the old version, or delete it: ${home.commands.reset}`,
  )
}

function passwordOf(home: Home): string {
  const password = readIfThere(home.password)
  if (password === '') throw passwordLost(home, 'is missing')
  return password
}
