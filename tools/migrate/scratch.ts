import { randomBytes } from 'node:crypto'
import { embeddedServer } from '../databases.ts'
import type { Query } from './catalog.ts'

const PREFIX = 'hearth_scratch_'

/**
 * Runs `work` with the connection string of a new, empty database on the embedded server, whatever DATABASE_URL names,
 * and drops the database afterwards, also when `work` throws. What a killed run left behind is dropped on the way.
 */
export async function withScratchDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await embeddedServer()
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`
  await using admin = new Bun.SQL(server.url('postgres'), { max: 1 })
  await dropStale(admin)
  await admin`create database ${admin(name)} template template0`
  try {
    return await work(server.url(name))
  } finally {
    await admin`drop database if exists ${admin(name)} with (force)`
  }
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
async function dropStale(admin: Bun.SQL): Promise<void> {
  const rows: { datname: string }[] =
    await admin`select datname from pg_database where starts_with(datname, ${PREFIX})`
  for (const { datname } of rows) {
    if (isAlive(Number(datname.slice(PREFIX.length).split('_')[0]))) continue
    // Another run may be at it just now, and then one of the two fails.
    await admin`drop database if exists ${admin(datname)} with (force)`.catch(() => {})
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
