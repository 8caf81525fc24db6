import { afterAll, afterEach, beforeAll, beforeEach, setDefaultTimeout } from 'bun:test'
import { TestServer } from '@hearth/sandbox'
import { SQL } from 'bun'
import { connect } from '../../src/db/bun-sql.ts'
import { serverUrl } from '../support/server-url.ts'

const url = new URL(await serverUrl())

/** The database that a test of this file may use; it is created before each test and dropped with its siblings after it. */
export const base = `sandbox_refusals_${crypto.randomUUID().slice(0, 8)}`
/** A role that may log in with the password `guest`. */
export const role = `${base}_role`

/** The connection string of a database of the server, spelled with `parts`. */
export const at = (name: string, parts: Partial<URL> = {}) =>
  Object.assign(new URL(url), { pathname: `/${name}`, ...parts }).href

/** A `TestServer` whose databases have the table `made`. */
export const serverAt = (testUrl: string | undefined, appUrl?: string, fingerprint = 'first') =>
  new TestServer(
    testUrl,
    {
      fingerprint,
      statements: async () => ['create table made (id int)', "create type mood as enum ('fine')"],
    },
    connect,
    { appUrl: appUrl ?? null },
  )

/** Makes the database and the role for the tests of the file that calls it. */
export function useDatabase(): void {
  setDefaultTimeout(30_000) // databases are created slowly on a busy disk
  beforeAll(() => asAdmin(`create role ${role} login password 'guest'`))
  beforeEach(() => asAdmin(`create database ${base}`))
  afterEach(async () => {
    delete process.env.SANDBOX_RESET
    const ours = `select datname as name from pg_database where starts_with(datname, '${base}')`
    for (const { name } of await asAdmin(ours)) await asAdmin(`drop database ${name} with (force)`)
  })
  afterAll(() => asAdmin(`drop role ${role}`))
}

/** Runs `query` where it can create and drop the databases of these tests. */
export const asAdmin = (query: string) => on(decodeURIComponent(url.pathname.slice(1)), query)

/** What opening a database says, or `opened`. */
export async function outcome(open: () => Promise<{ close: () => Promise<void> }>): Promise<string> {
  try {
    await (await open()).close()
    return 'opened'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

/** Runs `query` in one of the server's databases. */
export async function on(name: string, query: string): Promise<Record<string, unknown>[]> {
  await using sql = new SQL(at(name), { max: 1 })
  return [...(await sql.unsafe(query))]
}

/** Makes a table with one row, which must survive. */
export const PRECIOUS = 'create table precious as select 7 as n'
/** The row of the table `precious`. */
export const preciousRow = async (name: string) => (await on(name, 'select n from precious'))[0]?.n

/** Every relation and schema of a database with its identity: equal before and after means that nothing was made or dropped. */
export const dump = (name: string) =>
  on(
    name,
    `select oid, relname as name from pg_class where oid >= 16384 union all select oid, nspname from pg_namespace order by 1`,
  )
