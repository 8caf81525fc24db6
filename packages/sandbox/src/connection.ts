import { registerSession } from './activity.ts'
import { USE_CLOCK } from './clock.ts'
import { type AnyDatabase, type AnyTransaction, isFatal, type Row, send } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { type HeldTransaction, holdTransaction } from './held.ts'

// Fires what a COMMIT would, then puts every constraint back to the mode it was in.
const CHECK_DEFERRED =
  'savepoint deferred; set constraints all immediate; rollback to savepoint deferred; release savepoint deferred'

// Statements of SQL that prepare, unlike those of a driver, which it goes on using.
const DEALLOCATE = `do $$ declare name text; begin
  for name in select s.name from pg_prepared_statements s where from_sql loop execute format('deallocate %I', name); end loop;
end $$`

// When the transaction began, as a number: text depends on the time zone.
const MOMENT = 'extract(epoch from pg_catalog.now())::text'

// What has to run to have a savepoint just before the next statement.
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
  /** The process of the server that serves it. */
  pid = 0
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>

  /** Gives the connection back to the pool of its driver. */
  readonly close: () => Promise<void>
  #savepoint: keyof typeof SAVEPOINT = 'none'
  #hasDeferrable = false
  #hasPrepared = false
  #begun: unknown
  #isBroken = false
  readonly #lose: (reason: SandboxError) => void

  private constructor({ tx, release, onLost }: HeldTransaction) {
    this.tx = tx
    this.close = () => release(this.#isBroken)
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.lost = promise
    this.#lose = reject
    onLost(() => this.giveUp())
  }

  /** Whether the connection is lost, or in a state that no test must get. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Marks the connection as broken. */
  giveUp(): void {
    this.#isBroken = true
    this.#lose(new SandboxError('The connection of the test to the database is lost.'))
  }

  /** Looks whether `error` means that the connection is lost. */
  async examine(error: unknown): Promise<void> {
    if (isFatal(error)) this.giveUp()
    await new Promise(setImmediate) // a driver that lost the connection says so in this moment
  }

  /** Takes a connection of `db`'s pool. */
  static async open(db: AnyDatabase): Promise<TestConnection> {
    const connection = new TestConnection(await holdTransaction(db))
    connection.pid = await registerSession(connection.tx)
    const query = 'select exists (select from pg_constraint where condeferrable) as deferrable'
    const [[row] = []] = await send(connection.tx, query)
    connection.#hasDeferrable = row?.deferrable === true
    await connection.commit(USE_CLOCK)
    return connection
  }

  /** Sets the savepoint that the next statement can fall back to; the last one will do if nothing was written since. */
  async setSavepoint(): Promise<void> {
    const statements = SAVEPOINT[this.#savepoint]
    this.#savepoint = 'fresh'
    if (statements) await send(this.tx, statements)
  }

  /** Notes that something was written since the savepoint. */
  noteWrite(): void {
    this.#savepoint = 'behind'
  }

  /** Rolls back to the savepoint after `error`. A connection that can't is broken. */
  async rollbackToSavepoint(error: unknown): Promise<void> {
    await this.examine(error)
    if (this.#isBroken) return
    try {
      await send(this.tx, 'rollback to savepoint statement')
      this.#savepoint = 'fresh'
    } catch {
      this.giveUp()
    }
  }

  /** Notes what `query` means for later: whether constraints can be deferred, or statements were prepared. */
  note(query: string): void {
    this.#hasDeferrable ||= /\bdeferrable\b/i.test(query)
    this.#hasPrepared ||= /\bprepare\b/i.test(query)
  }

  /** Rejects with what a COMMIT at this moment would reject with. */
  async checkDeferred(tx: AnyTransaction): Promise<void> {
    if (this.#hasDeferrable) await send(tx, CHECK_DEFERRED)
  }

  /**
   * Rolls back the transaction and what a session keeps beyond one, and returns the rows of `queries`, run after that. The
   * next transaction has begun when this resolves: some drivers let go of a connection that is in none. `kept` says whether
   * the transaction lasted from the last reset to this one.
   */
  async reset(queries: string): Promise<{ rows: Row[]; kept: boolean }> {
    this.#savepoint = 'none'
    const deallocate = this.#hasPrepared ? `${DEALLOCATE};` : ''
    this.#hasPrepared = false
    const results = await send(
      this.tx,
      `select ${MOMENT} as begun; rollback and chain; select pg_advisory_unlock_all(); ${deallocate}
      ${queries}; rollback and chain; select ${MOMENT} as begins`,
    )
    const rows = results.flat()
    const last = rows.find((row) => 'begun' in row)?.begun
    const kept = this.#begun === undefined || last === this.#begun
    this.#begun = rows.find((row) => 'begins' in row)?.begins
    return { rows: rows.filter((row) => !('begun' in row || 'begins' in row)), kept }
  }

  /** Runs statements between two tests and commits them. */
  async commit(queries: string): Promise<Row[]> {
    const results = await send(this.tx, `${queries}; commit and chain; select ${MOMENT} as begins`)
    const rows = results.flat()
    this.#begun = rows.find((row) => 'begins' in row)?.begins
    return rows.filter((row) => !('begins' in row))
  }
}
