import { readFolder } from '../../packages/migrate/src/folder.ts'
import { migrateUp } from '../../packages/migrate/src/run/migrate-up.ts'
import { loadConfig } from '../../src/config.ts'
import { connect } from '../../src/db/bun-sql.ts'
import { promoteUser } from '../../src/users/operator.ts'
import { createUser } from '../../src/users/service.ts'
import { embeddedServer } from '../../tools/databases.ts'
import { ToolError } from '../../tools/error.ts'
import { PROJECT } from '../../tools/migrate/project.ts'

const MARK = 'created by the tests'

/** A database of its own for one run, and the admin in it. `drop` deletes it again. */
export type FreshDatabase = {
  url: string
  admin: { id: number; username: string; password: string }
  drop: () => Promise<void>
}

/** Makes an empty database by the migrations on the embedded server, with one admin in it: HTTP alone can't make the first. */
export async function freshDatabase(name: string): Promise<FreshDatabase> {
  const server = await embeddedServer()
  const admin = () => new Bun.SQL(server.url('postgres'), { max: 1 })
  const drop = async () => {
    await using sql = admin()
    const [found] =
      await sql`select shobj_description(oid, 'pg_database') as mark from pg_database where datname = ${name}`
    if (found && found.mark !== MARK) {
      throw new ToolError(
        `The embedded server has a database "${name}" that the tests did not create: rename it.`,
      )
    }
    await sql`drop database if exists ${sql(name)} with (force)`
  }
  await drop()
  await embeddedServer([name])
  {
    await using sql = admin()
    await sql.unsafe(`comment on database ${name} is '${MARK}'`)
  }
  const url = server.url(name)
  const folder = readFolder(PROJECT.folder)
  const to = folder.migrations.length - 1
  await migrateUp(url, folder, {
    agree: async () => {},
    to,
    onRan: () => {},
    say: () => {},
    lockTimeoutMs: 5_000,
  })
  const { db, close } = connect(url)
  const [username, password] = ['first-admin', 'correct horse']
  const config = loadConfig({ DATABASE_URL: url })
  const { id } = await createUser(db, { username, password, email: null }, config)
  await promoteUser(db, id)
  await close()
  return { url, admin: { id, username, password }, drop }
}
