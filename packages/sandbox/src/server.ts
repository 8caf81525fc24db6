import { refuseAppDatabase } from './app-database.ts'
import type { Blueprint } from './blueprint.ts'
import { build } from './build.ts'
import { CREATE_CLOCK } from './clock.ts'
import { type AnyDatabase, type Connect, type Connection, send, sqlState } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { hashOf } from './fingerprint.ts'
import { nameOf, quoted, siblingUrl, urlOf } from './names.ts'
import { isReset, refuseForeign, takeInventory } from './ownership.ts'
import { createDatabase, databasesLike, dropDatabase, dropSibling } from './siblings.ts'

const LOCK = 1_396_919_906 // "SAND" and a bit: any number will do that nothing else takes
const NO_SUCH_DATABASE = '3D000'

/**
 * The databases of a test run: the one that `url` names, made in place, and its siblings on the same server, copied from a
 * template. Each is made from the blueprint once and used again until that changes; processes that want the same wait.
 * A database is refused, before anything in it changes, when it is the app's (`appUrl`) or has tables that the sandbox did
 * not make.
 */
export class TestServer {
  readonly #url: string
  readonly #blueprint: Blueprint
  readonly #fingerprint: string
  readonly #connect: Connect
  readonly #appUrl: string | undefined

  /** Throws `SandboxError` for a URL that is missing: drivers would open DATABASE_URL or a local default in its place. */
  constructor(
    url: string | undefined,
    blueprint: Blueprint,
    connect: Connect,
    appUrl: string | undefined = process.env.DATABASE_URL,
  ) {
    if (!url || !/^postgres(ql)?:\/\/./.test(url) || !URL.canParse(url)) {
      throw new SandboxError(
        `The URL of the test database is ${url ? 'not valid' : 'missing'}: set the variable that TestServer gets to postgres://user:password@host:5432/database, a database that only tests use.`,
      )
    }
    this.#url = url
    this.#blueprint = blueprint
    this.#fingerprint = hashOf(['marked', blueprint.fingerprint, CREATE_CLOCK])
    this.#connect = connect
    this.#appUrl = appUrl
  }

  /** Opens the database of one of several workers, or the only one. Throws `SandboxError` when it is refused, can't be reached or made. */
  async open(worker?: string): Promise<Connection> {
    const url = worker ? siblingUrl(this.#url, worker) : this.#url
    const current = await this.#openIfCurrent(url)
    if (current) return current
    await this.#exclusively((base) => (worker ? this.#copy(base, url) : this.#buildInPlace(base)))
    return this.#connect(url)
  }

  /** Opens a database that nobody else uses; its `close` drops it. Throws as `open` does. */
  async openScratch(): Promise<Connection> {
    const url = siblingUrl(this.#url, `scratch_${crypto.randomUUID().slice(0, 8)}`)
    const scratch = await this.#exclusively(async (base) => {
      await this.#dropOrphans(base)
      await this.#copy(base, url)
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
      if (await this.#isCurrent(connection.db, url)) return connection
    } catch (error) {
      if (error instanceof SandboxError) {
        await connection.close()
        throw error
      }
      if (sqlState(error) !== NO_SUCH_DATABASE) throw unreachable(error)
    }
    await connection.close()
    return null
  }

  async #isCurrent(db: AnyDatabase, url: string): Promise<boolean> {
    await refuseAppDatabase(db, url, this.#appUrl, this.#connect)
    const inventory = await takeInventory(db)
    refuseForeign(nameOf(url), inventory)
    return inventory.mark?.fingerprint === this.#fingerprint && inventory.foreign.length === 0
  }

  // The lock ends with the transaction, whatever becomes of this process; other statements run on another connection.
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

  // Another process may have built it while this one waited for the lock.
  async #buildInPlace(db: AnyDatabase): Promise<void> {
    if (!(await this.#isCurrent(db, this.#url)))
      await build(db, this.#blueprint, this.#fingerprint, isReset(nameOf(this.#url)))
  }

  async #copy(base: AnyDatabase, url: string): Promise<void> {
    await this.#isCurrent(base, this.#url) // refuses the URL as it does without workers
    const template = siblingUrl(this.#url, 'template')
    const databases = await databasesLike(base, nameOf(template))
    const found = databases.find(({ name }) => name === nameOf(template))
    if (found?.comment !== this.#fingerprint) await this.#makeTemplate(base, template)
    await dropSibling(base, url, this.#connect)
    await createDatabase(base, nameOf(url), nameOf(template))
  }

  async #makeTemplate(base: AnyDatabase, url: string): Promise<void> {
    await dropSibling(base, url, this.#connect)
    await createDatabase(base, nameOf(url))
    const { db, close } = this.#connect(url)
    await build(db, this.#blueprint, this.#fingerprint, false).finally(close)
    await send(base, `comment on database ${quoted(nameOf(url))} is '${this.#fingerprint}'`)
  }

  // A scratch database without a connection is what a killed run left: the living open theirs under the lock.
  async #dropOrphans(base: AnyDatabase): Promise<void> {
    for (const { name, inUse } of await databasesLike(base, nameOf(siblingUrl(this.#url, 'scratch_')))) {
      if (inUse || !/_scratch_[0-9a-f]{8}$/.test(name)) continue
      await dropSibling(base, urlOf(this.#url, name), this.#connect)
    }
  }
}

const unreachable = (error: unknown) =>
  new SandboxError(`The test database does not answer (${sqlState(error)}): is its URL right?`)
