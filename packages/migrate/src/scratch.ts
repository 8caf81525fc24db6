import { randomBytes } from 'node:crypto'
import type { Query } from './catalog.ts'
import { withSession } from './run/session.ts'

const PREFIX = 'hearth_scratch_'

/**
 * Runs `work` with the connection string of a new, empty database on the server that `server`, a connection string, names, and drops the
 * database afterwards, also when `work` throws. What a killed run left behind is dropped on the way.
 */
export function withScratchDatabase<T>(server: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`
  return withSession(server, async ({ query }) => {
    await dropStale(query)
    await query(`create database ${name} template template0`)
    const url = new URL(server)
    url.pathname = `/${name}`
    try {
      return await work(url.href)
    } finally {
      await query(`drop database if exists ${name} with (force)`)
    }
  })
}

/** Takes everything out of a scratch database but its roles, which are the server's. */
export async function emptyDatabase(query: Query): Promise<void> {
  const schemas = await query(
    `select format('%I', nspname) as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
  )
  for (const { name } of schemas) await query(`drop schema ${name} cascade`)
  await query('create schema public')
}

// The name carries the process that made the database; once that process is gone, nobody needs it.
async function dropStale(query: Query): Promise<void> {
  const rows = await query(`select datname from pg_database where starts_with(datname, '${PREFIX}')`)
  for (const { datname } of rows) {
    if (isAlive(Number(String(datname).slice(PREFIX.length).split('_')[0]))) continue
    // Another run may be at it just now, and then one of the two fails.
    await query(`drop database if exists ${datname} with (force)`).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
