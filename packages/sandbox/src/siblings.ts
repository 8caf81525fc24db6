import { type AnyDatabase, type Connect, send, sqlState } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { nameOf, quoted } from './names.ts'
import { refuseForeign, takeInventory } from './ownership.ts'

const NO_PERMISSION = '42501'

/** The names of the server's databases that begin with `prefix`, each with its comment and whether somebody is connected to it. */
export async function databasesLike(base: AnyDatabase, prefix: string) {
  const [rows = []] = await send(
    base,
    `select datname as name, shobj_description(oid, 'pg_database') as comment,
      oid in (select datid from pg_stat_activity where datid is not null) as "inUse"
    from pg_database where starts_with(datname, '${prefix.replaceAll("'", "''")}')`,
  )
  return rows as { name: string; comment: string | null; inUse: boolean }[]
}

/** Creates a database, a copy of `template` if that is given. */
export const createDatabase = (base: AnyDatabase, name: string, template?: string) =>
  asCreator(send(base, `create database ${quoted(name)}${template ? ` template ${quoted(template)}` : ''}`))

/** Drops the database that `url` names, if there is one. Throws `SandboxError` if the sandbox did not make all that it holds. */
export async function dropSibling(base: AnyDatabase, url: string, connect: Connect): Promise<void> {
  const name = nameOf(url)
  if (!(await databasesLike(base, name)).some((database) => database.name === name)) return
  const { db, close } = connect(url)
  const inventory = await takeInventory(db).finally(close)
  refuseForeign(name, inventory)
  await dropDatabase(base, name)
}

/** Drops a database that is known to be the sandbox's. */
export const dropDatabase = (base: AnyDatabase, name: string) =>
  asCreator(send(base, `drop database if exists ${quoted(name)} with (force)`))

async function asCreator(query: Promise<unknown>): Promise<void> {
  try {
    await query
  } catch (error) {
    if (sqlState(error) !== NO_PERMISSION) throw error
    throw new SandboxError(
      'The role of the test database may not create databases. Several workers need one each, and so do tests of what is committed: grant it CREATEDB, or run without --parallel.',
    )
  }
}
