import { USE_CLOCK } from './clock.ts'
import { type AnyDatabase, type AnyTransaction, send } from './drizzle.ts'

const ROLLBACK = Symbol('rollback')

// Fires what a COMMIT would, then puts every constraint back to the mode it was in.
const CHECK_DEFERRED =
  'savepoint deferred; set constraints all immediate; rollback to savepoint deferred; release savepoint deferred'

// What it takes to have a savepoint just before the next statement.
const SAVEPOINT = {
  none: 'savepoint statement',
  behind: 'release savepoint statement; savepoint statement',
  fresh: null,
}

/**
 * A connection on which one test's transaction follows another. To its driver it is inside one transaction all along, so
 * that the app's transactions become savepoints; the real ones end and begin by statements of the sandbox's own.
 */
export class TestConnection {
  readonly tx: AnyTransaction
  readonly #release: () => Promise<void>
  #savepoint: keyof typeof SAVEPOINT = 'none'
  #hasDeferrable = false

  private constructor(tx: AnyTransaction, release: () => Promise<void>) {
    this.tx = tx
    this.#release = release
  }

  /** Takes a connection of `db`'s pool. */
  static async open(db: AnyDatabase): Promise<TestConnection> {
    const opened = Promise.withResolvers<AnyTransaction>()
    const gate = Promise.withResolvers<never>()
    const ended = db
      .transaction((tx) => {
        opened.resolve(tx)
        return gate.promise
      })
      .catch((error: unknown) => {
        opened.reject(error)
        if (error !== ROLLBACK) throw error
      })
    ended.catch(() => {}) // a connection that breaks is reported by the statement that meets it
    const connection = new TestConnection(await opened.promise, () => {
      gate.reject(ROLLBACK)
      return ended
    })
    const query = 'select exists (select from pg_constraint where condeferrable) as found'
    const [[row] = []] = await send(connection.tx, query)
    connection.#hasDeferrable = row?.found === true
    await send(connection.tx, `${USE_CLOCK}; commit and chain`)
    return connection
  }

  /** Sets the savepoint that the next statement can fall back to; the last one will do if nothing was written since. */
  async setSavepoint(): Promise<void> {
    const statements = SAVEPOINT[this.#savepoint]
    this.#savepoint = 'fresh'
    if (statements) await send(this.tx, statements)
  }

  /** Notes that what the savepoint would take back is more than nothing. */
  noteWrite(): void {
    this.#savepoint = 'behind'
  }

  /** Takes back what happened since the savepoint. */
  async rollbackToSavepoint(): Promise<void> {
    await send(this.tx, 'rollback to savepoint statement')
    this.#savepoint = 'fresh'
  }

  /** Notes what `query` means for later: whether constraints can be deferred from now on. */
  note(query: string): void {
    this.#hasDeferrable ||= /\bdeferrable\b/i.test(query)
  }

  /** Rejects with what a COMMIT at this moment would reject with. */
  async checkDeferred(tx: AnyTransaction): Promise<void> {
    if (this.#hasDeferrable) await send(tx, CHECK_DEFERRED)
  }

  /**
   * Takes back the transaction and what a session keeps beyond one, and returns the rows of `query`, run after that. The
   * next transaction has begun when this resolves: some drivers let go of a connection that is in none.
   */
  async reset(query: string): Promise<Record<string, unknown>[]> {
    this.#savepoint = 'none'
    const [, , rows = []] = await send(
      this.tx,
      `rollback and chain; select pg_advisory_unlock_all(); ${query}; rollback and chain`,
    )
    return rows
  }

  /** Gives the connection back to the pool of its driver. */
  close(): Promise<void> {
    return this.#release()
  }
}
