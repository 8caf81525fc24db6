import { AsyncLocalStorage } from 'node:async_hooks'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import { runTransaction } from './app-transaction.ts'
import type { TestConnection } from './connection.ts'
import type { Control } from './control.ts'
import type { AnyDatabase, AnyTransaction } from './drizzle.ts'
import { DEADLOCK, endWork } from './ending.ts'
import { joined, SandboxError } from './errors.ts'
import type { ConnectionPool } from './pool.ts'
import { describeLeaks } from './reports.ts'
import { localSettings, resetLocal } from './settings.ts'
import { isPlainRead, transactionControl } from './statements.ts'
import type { Target } from './target.ts'
import { type Turn, Turns } from './turns.ts'

const LATE = 'is over, but a query of it came later: an await is missing.'

const insideTransaction = new AsyncLocalStorage<Sandbox>()

/**
 * One test's transaction, begun by its first statement. Statements and transactions of the app run in it one after the
 * other, each in a savepoint, so that a failure rolls back only itself. A breach of the rules rejects with a
 * `SandboxError`, and counts also when the app swallows that.
 */
export class Sandbox implements Target {
  /** The test's name, as soon as it is known. */
  name = '(unknown)'

  readonly #pool: ConnectionPool
  readonly #control: Control
  readonly #reportLate: (breach: SandboxError) => void
  readonly #breaches: SandboxError[] = []
  readonly #turns = new Turns()
  #connection: TestConnection | undefined
  #state: 'open' | 'ending' | 'over' | 'abandoned' = 'open'

  /** `reportLate` gets the breaches that come after the end, when nobody waits for the test any more. */
  constructor(pool: ConnectionPool, control: Control, reportLate: (breach: SandboxError) => void) {
    this.#pool = pool
    this.#control = control
    this.#reportLate = reportLate
  }

  async statement<T>(query: string, run: (db: AnyDatabase) => Promise<T>): Promise<T> {
    this.#refuseControl(query, false)
    return this.#inTurn(false, async (connection) => {
      connection.note(query)
      // Both are sent at once: with a driver that pipelines, the savepoint costs no round trip.
      const [, result] = await Promise.all([connection.setSavepoint(), run(connection.tx)])
      if (isPlainRead(query)) return result
      connection.noteWrite()
      await connection.checkDeferred(connection.tx)
      await resetLocal(connection.tx, localSettings(query))
      return result
    })
  }

  transaction<T>(run: (tx: AnyTransaction) => Promise<T>, config?: PgTransactionConfig): Promise<T> {
    return this.#inTurn(true, async (connection, turn) => {
      await connection.setSavepoint()
      connection.noteWrite()
      return runTransaction(connection, turn, {
        run: (tx) => insideTransaction.run(this, () => run(tx)),
        config,
        admit: (query) => {
          if (this.#state === 'abandoned') throw this.#breach(LATE)
          this.#refuseControl(query, true)
        },
      })
    })
  }

  /** Whether the test is over, or about to be: nobody waits for its body any more. */
  get hasEnded(): boolean {
    return this.#state !== 'open'
  }

  /** Rolls everything back. Rejects with the test's breaches, and with what happened past the sandbox meanwhile. */
  async end(): Promise<void> {
    this.#state = 'ending'
    const isWorking = this.#turns.pending > 0
    const { report, isAbandoned } = isWorking
      ? await endWork(this.#turns, this.#connection, this.#control)
      : { report: null, isAbandoned: false }
    if (report) this.#breach(report)
    const leaks = await this.#pool.giveBack(this.#connection ?? (await this.#pool.take()))
    for (const leak of describeLeaks({ ...leaks, isLost: leaks.isLost && !report })) this.#breach(leak)
    this.#state = isAbandoned ? 'abandoned' : 'over'
    const [breach, ...more] = this.#breaches
    if (breach) throw more.length === 0 ? breach : joined(this.#breaches)
  }

  async #inTurn<T>(
    isTransaction: boolean,
    work: (connection: TestConnection, turn: Turn) => Promise<T>,
  ): Promise<T> {
    if (this.#state !== 'open') throw this.#breach(LATE)
    if (insideTransaction.getStore() === this) {
      throw this.#breach('used `db` inside `db.transaction`: use the `tx` that its callback is given.')
    }
    return this.#turns.run(
      isTransaction,
      (turn) => this.#run((connection) => work(connection, turn)),
      () => this.#breach(DEADLOCK),
    )
  }

  async #run<T>(work: (connection: TestConnection) => Promise<T>): Promise<T> {
    if (this.#state !== 'open') throw this.#breach('ended before a query of it ran: an await is missing.')
    this.#connection ??= await this.#pool.take()
    const connection = this.#connection
    if (connection.isBroken) return connection.lost
    try {
      return await work(connection)
    } catch (error) {
      await connection.rollbackToSavepoint(error) // the first error is the one to report
      throw error
    }
  }

  #refuseControl(query: string, isNested: boolean): void {
    const refused = transactionControl(query, isNested)
    if (!refused) return
    throw this.#breach(`ran \`${refused}\`, which would end the test's transaction: use \`db.transaction\`.`)
  }

  #breach(what: string): SandboxError {
    const breach = new SandboxError(`The test "${this.name}" ${what}`)
    if (this.#state === 'over') this.#reportLate(breach)
    else if (this.#state !== 'abandoned') this.#breaches.push(breach) // an abandoned test has failed already
    return breach
  }
}
