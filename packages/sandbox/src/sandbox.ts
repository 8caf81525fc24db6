import { AsyncLocalStorage } from 'node:async_hooks'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import { BEGIN_MOMENT, END_MOMENT } from './clock.ts'
import type { TestConnection } from './connection.ts'
import { type AnyDatabase, type AnyTransaction, send } from './drizzle.ts'
import { joined, SandboxError } from './errors.ts'
import { guardTransaction } from './guard.ts'
import type { ConnectionPool } from './pool.ts'
import { isPlainRead, transactionControl } from './statements.ts'
import { describeSurvivors } from './survivors.ts'
import type { Target } from './target.ts'

const insideTransaction = new AsyncLocalStorage<Sandbox>()

/**
 * One test's transaction, begun by its first statement. Statements and transactions of the app run in it one after the
 * other, each in a savepoint, so that what fails takes back only itself. A breach of the rules rejects with a
 * `SandboxError`, and counts also when the app swallows that.
 */
export class Sandbox implements Target {
  /** The test's name, as soon as it is known. */
  name = '(unknown)'

  readonly #pool: ConnectionPool
  readonly #reportLate: (breach: SandboxError) => void
  readonly #breaches: SandboxError[] = []
  #connection: TestConnection | undefined
  #last: Promise<unknown> = Promise.resolve()
  #running = 0
  #state: 'open' | 'ending' | 'over' = 'open'

  /** `reportLate` is told of breaches after the end, when nobody waits for the test any more. */
  constructor(pool: ConnectionPool, reportLate: (breach: SandboxError) => void) {
    this.#pool = pool
    this.#reportLate = reportLate
  }

  async statement<T>(query: string, run: (db: AnyDatabase) => Promise<T>): Promise<T> {
    this.#refuseControl(query, false)
    return this.#inTurn(async (connection) => {
      connection.note(query)
      // Both are sent at once: with a driver that pipelines, the savepoint costs no round trip.
      const [, result] = await Promise.all([connection.setSavepoint(), run(connection.tx)])
      if (isPlainRead(query)) return result
      connection.noteWrite()
      await connection.checkDeferred(connection.tx)
      return result
    })
  }

  transaction<T>(run: (tx: AnyTransaction) => Promise<T>, config?: PgTransactionConfig): Promise<T> {
    return this.#inTurn(async (connection) => {
      await connection.setSavepoint()
      connection.noteWrite()
      return connection.tx.transaction(async (tx) => {
        if (config?.accessMode === 'read only') await send(tx, 'set transaction read only')
        await send(tx, BEGIN_MOMENT)
        const guarded = guardTransaction(tx, (query) => {
          this.#refuseControl(query, true)
          connection.note(query)
        })
        const result = await insideTransaction.run(this, () => run(guarded))
        await connection.checkDeferred(tx)
        await send(tx, END_MOMENT)
        return result
      })
    })
  }

  /** Takes everything back. Rejects with the test's breaches, and with the rows that survive. */
  async end(): Promise<void> {
    this.#state = 'ending'
    if (this.#running > 0) this.#breach('ended while a query was still running: an await is missing.')
    await this.#last
    const survivors = await this.#pool.giveBack(this.#connection)
    if (survivors.length > 0) {
      this.#breach(`left rows behind: ${describeSurvivors(survivors)}. Something wrote past the sandbox.`)
    }
    this.#state = 'over'
    const [breach, ...more] = this.#breaches
    if (breach) throw more.length === 0 ? breach : joined(this.#breaches)
  }

  async #inTurn<T>(work: (connection: TestConnection) => Promise<T>): Promise<T> {
    if (this.#state !== 'open')
      throw this.#breach('is over, but a query of it came later: an await is missing.')
    if (insideTransaction.getStore() === this) {
      throw this.#breach('used `db` inside `db.transaction`: use the `tx` that its callback is given.')
    }
    this.#running++
    const turn = this.#last.then(() => this.#run(work))
    this.#last = turn.catch(() => {})
    return turn.finally(() => this.#running--)
  }

  async #run<T>(work: (connection: TestConnection) => Promise<T>): Promise<T> {
    if (this.#state !== 'open') throw this.#breach('ended before a query of it ran: an await is missing.')
    this.#connection ??= await this.#pool.take()
    const connection = this.#connection
    try {
      return await work(connection)
    } catch (error) {
      await connection.rollbackToSavepoint().catch(() => {}) // the first error is the one to report
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
    else this.#breaches.push(breach)
    return breach
  }
}
