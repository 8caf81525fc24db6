import { opening, registerSession } from './activity.ts'
import { refuseAppDatabase } from './app-database.ts'
import type { Blueprint } from './blueprint.ts'
import { build } from './build.ts'
import { CREATE_CLOCK } from './clock.ts'
import { copyTemplate, dropOrphans, type Family, newScratchUrl } from './copies.ts'
import { type AnyDatabase, type Connect, type Connection, send, sqlState } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { hashOf } from './fingerprint.ts'
import { nameOf, siblingUrl } from './names.ts'
import { isReset, refuseForeign, takeInventory } from './ownership.ts'
import { dropDatabase } from './siblings.ts'

const LOCK = 1_396_919_906 // "SAND" and a bit: any number will do that nothing else takes
const NO_SUCH_DATABASE = '3D000'

/** `appUrl` names the database that is never touched: by default DATABASE_URL, and null for none. */
export type TestServerOptions = { appUrl?: string | null | undefined; allowOtherDatabases?: boolean }

/**
 * The databases of a test run: the one that `url` names, made in place, and its siblings on the same server, copied from a
 * template. Each is made from the blueprint once and used again until that changes; processes that want the same wait.
 * A database is refused, before anything in it changes, when it is the app's (`appUrl`) or has tables that the sandbox did
 * not make.
 */
export class TestServer<Database extends AnyDatabase = AnyDatabase> {
  /** The names of the databases that it makes begin with this. */
  readonly prefix: string
  /** Whether tests may use other databases of the same server past the sandbox. */
  readonly allowOtherDatabases: boolean

  readonly #family: Family
  readonly #connect: Connect<Database>
  readonly #appUrl: string | null | undefined

  /** Throws `SandboxError` for a URL that is missing: drivers would open DATABASE_URL or a local default in its place. */
  constructor(
    url: string | undefined,
    blueprint: Blueprint,
    connect: Connect<Database>,
    { appUrl = process.env.DATABASE_URL, allowOtherDatabases = false }: TestServerOptions = {},
  ) {
    if (!url || !/^postgres(ql)?:\/\/./.test(url) || !URL.canParse(url)) {
      throw new SandboxError(
        `The URL of the test database is ${url ? 'not valid' : 'missing'}: set the variable that TestServer gets to postgres://user:password@host:5432/database, a database that only tests use.`,
      )
    }
    const fingerprint = hashOf(['marked', blueprint.fingerprint, CREATE_CLOCK])
    this.#family = { url, blueprint, fingerprint, connect }
    this.prefix = `${nameOf(url)}_`
    this.allowOtherDatabases = allowOtherDatabases
    this.#connect = connect
    this.#appUrl = appUrl
  }

  /** Opens the database of one of several workers, or the only one. Throws `SandboxError` when it is refused, can't be reached or made. */
  async open(worker?: string): Promise<Connection<Database>> {
    const url = this.#urlOf(worker)
    const current = await this.#openIfCurrent(url)
    if (current) return current
    await this.#exclusively((base) => (worker ? this.#copy(base, url) : this.#buildInPlace(base)))
    return this.#connect(url)
  }

  /** Connects to the database of a worker as it is. */
  connect(worker?: string): Connection<Database> {
    return this.#connect(this.#urlOf(worker))
  }

  /** Builds the database of a worker again, though it is current. */
  async rebuild(worker?: string): Promise<void> {
    const { db, close } = this.connect(worker)
    await build(db, this.#family.blueprint, this.#family.fingerprint, false).finally(close)
  }

  /** Opens a database that nobody else uses; its `close` drops it. Throws as `open` does. */
  async openScratch(): Promise<Connection> {
    const url = newScratchUrl(this.#family.url)
    const scratch = await this.#exclusively(async (base) => {
      await dropOrphans(base, this.#family)
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

  #urlOf(worker: string | undefined): string {
    return worker ? siblingUrl(this.#family.url, worker) : this.#family.url
  }

  async #openIfCurrent(url: string): Promise<Connection<Database> | null> {
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
    return inventory.mark?.fingerprint === this.#family.fingerprint && inventory.foreign.length === 0
  }

  // The lock ends with the transaction, even when this process is killed; `work` uses another connection, since CREATE
  // DATABASE can't run in a transaction.
  async #exclusively<T>(work: (base: AnyDatabase) => Promise<T>): Promise<T> {
    const { url, connect } = this.#family
    const [lock, base] = [connect(url), connect(url)]
    try {
      return await lock.db.transaction(async (tx) => {
        await opening(registerSession(tx))
        await send(tx, `select pg_advisory_xact_lock(${LOCK})`)
        return work(base.db)
      })
    } finally {
      await Promise.all([lock.close(), base.close()])
    }
  }

  // Another process may have built it while this one waited for the lock.
  async #buildInPlace(db: AnyDatabase): Promise<void> {
    const { url, blueprint, fingerprint } = this.#family
    if (!(await this.#isCurrent(db, url))) await build(db, blueprint, fingerprint, isReset(nameOf(url)))
  }

  async #copy(base: AnyDatabase, url: string): Promise<void> {
    await this.#isCurrent(base, this.#family.url) // refuses the URL as it does without workers
    await copyTemplate(base, this.#family, url)
  }
}

const unreachable = (error: unknown) =>
  new SandboxError(`The test database does not answer (${sqlState(error)}): is its URL right?`)
