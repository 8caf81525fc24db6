import { type Blueprint, fingerprintOf } from './blueprint.ts'
import { CREATE_CLOCK, USE_CLOCK } from './clock.ts'
import { type AnyDatabase, type Connect, type Connection, send, sqlState } from './drizzle.ts'
import { SandboxError } from './errors.ts'

const LOCK = 1_396_919_906 // "SAND" and a bit: any number will do that nothing else takes
const NO_SUCH_DATABASE = '3D000'
const NO_PERMISSION = '42501'

/**
 * The databases of a test run: the one that `url` names, made in place, and its siblings on the same server, copied from a
 * template. Each is made from the blueprint once and used again until that changes; processes that want the same wait.
 */
export class TestServer {
  readonly #url: string
  readonly #blueprint: Blueprint
  readonly #fingerprint: string
  readonly #connect: Connect

  constructor(url: string, blueprint: Blueprint, connect: Connect) {
    this.#url = url
    this.#blueprint = blueprint
    this.#fingerprint = fingerprintOf([], blueprint.fingerprint, CREATE_CLOCK)
    this.#connect = connect
  }

  /** Opens the database of one of several workers, or the only one. Throws `SandboxError` when it can't be reached or made. */
  async open(worker?: string): Promise<Connection> {
    const url = worker ? siblingUrl(this.#url, worker) : this.#url
    const current = await this.#openIfCurrent(url)
    if (current) return current
    await this.#exclusively((base) => (worker ? this.#copy(base, nameOf(url)) : this.#make(base)))
    return this.#connect(url)
  }

  /** Opens a database that nobody else uses; its `close` drops it. Throws as `open` does. */
  async openScratch(): Promise<Connection> {
    const url = siblingUrl(this.#url, `scratch_${crypto.randomUUID().slice(0, 8)}`)
    const scratch = await this.#exclusively(async (base) => {
      await this.#dropOrphans(base)
      await this.#copy(base, nameOf(url))
      const connection = this.#connect(url)
      await send(connection.db, 'select') // from now on it is no orphan
      return connection
    })
    const close = async () => {
      await scratch.close()
      await this.#exclusively((base) => dropDatabase(base, nameOf(url)))
    }
    return { db: scratch.db, close }
  }

  async #openIfCurrent(url: string): Promise<Connection | null> {
    const connection = this.#connect(url)
    try {
      const query = `select obj_description(oid, 'pg_namespace') as fingerprint from pg_namespace where nspname = 'sandbox'`
      const [[row] = []] = await send(connection.db, query)
      if (row?.fingerprint === this.#fingerprint) return connection
    } catch (error) {
      if (sqlState(error) !== NO_SUCH_DATABASE) {
        throw new SandboxError(`The test database does not answer (${sqlState(error)}): is its URL right?`)
      }
    }
    await connection.close()
    return null
  }

  // The lock ends with the transaction, whatever becomes of this process; statements that no transaction may hold go beside it.
  async #exclusively<T>(work: (base: AnyDatabase) => Promise<T>): Promise<T> {
    const { db, close } = this.#connect(this.#url)
    try {
      return await db.transaction(async (tx) => {
        await send(tx, `select pg_advisory_xact_lock(${LOCK})`)
        return work(db)
      })
    } finally {
      await close()
    }
  }

  async #make(db: AnyDatabase): Promise<void> {
    const statements = await this.#blueprint.statements()
    const schemas = statements.flatMap((statement) => /^create schema "([^"]+)"/i.exec(statement)?.[1] ?? [])
    await db.transaction(async (tx) => {
      for (const schema of ['public', 'sandbox', ...schemas]) {
        await send(tx, `drop schema if exists ${quoted(schema)} cascade`)
      }
      await send(tx, `create schema public; ${CREATE_CLOCK}`)
      await send(tx, `comment on schema sandbox is '${this.#fingerprint}'; ${USE_CLOCK}`)
      for (const statement of statements) await send(tx, statement)
    })
  }

  async #copy(base: AnyDatabase, name: string): Promise<void> {
    const template = nameOf(siblingUrl(this.#url, 'template'))
    const [[found] = []] = await send(
      base,
      `select shobj_description(oid, 'pg_database') as fingerprint from pg_database where datname = '${template}'`,
    )
    if (found?.fingerprint !== this.#fingerprint) await this.#makeTemplate(base, template)
    await dropDatabase(base, name)
    await createDatabase(base, `${quoted(name)} template ${quoted(template)}`)
  }

  async #makeTemplate(base: AnyDatabase, template: string): Promise<void> {
    await dropDatabase(base, template)
    await createDatabase(base, quoted(template))
    const { db, close } = this.#connect(siblingUrl(this.#url, 'template'))
    await this.#make(db).finally(close)
    await send(base, `comment on database ${quoted(template)} is '${this.#fingerprint}'`)
  }

  // A scratch database without a connection is what a killed run left: the living open theirs under the lock.
  async #dropOrphans(base: AnyDatabase): Promise<void> {
    const prefix = nameOf(siblingUrl(this.#url, 'scratch_'))
    const [orphans = []] = await send(
      base,
      `select datname as name from pg_database where starts_with(datname, '${prefix}')
      and oid not in (select datid from pg_stat_activity where datid is not null)`,
    )
    for (const { name } of orphans) await dropDatabase(base, String(name))
  }
}

function siblingUrl(url: string, suffix: string): string {
  const sibling = new URL(url)
  sibling.pathname += `_${suffix}`
  return sibling.href
}

const nameOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1))
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const dropDatabase = (base: AnyDatabase, name: string) =>
  asCreator(send(base, `drop database if exists ${quoted(name)} with (force)`))
const createDatabase = (base: AnyDatabase, definition: string) =>
  asCreator(send(base, `create database ${definition}`))

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
