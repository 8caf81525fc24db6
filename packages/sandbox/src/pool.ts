import { opening } from './activity.ts'
import { TestConnection } from './connection.ts'
import { type Connection, poolSize } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import type { LeakDetector, Leaks } from './leaks.ts'
import { isOver } from './turns.ts'

const MAX_CONNECTIONS = 10 // at once; more tests than that wait
const SMALL_POOL = 4 // for a driver that does not say how many it has
const PATIENCE_MS = 10_000
const CLOSING_MS = 1_000
const ATTEMPTS = 5

/**
 * The connections that tests run on: one for tests that run alone, more for those that run at once. Tests beyond the limit
 * wait for their turn, in their order.
 */
export class ConnectionPool {
  readonly #connect: () => Connection
  readonly #detector: LeakDetector
  readonly #limit: number
  #driver: Connection | undefined
  readonly #idle: TestConnection[] = []
  readonly #open = new Set<TestConnection>()
  readonly #waiting: (() => void)[] = []
  #taken = 0

  /** `connect` is called again when a connection is needed after `close`. */
  constructor(driver: Connection, connect: () => Connection, detector: LeakDetector) {
    this.#driver = driver
    this.#connect = connect
    this.#detector = detector
    this.#limit = Math.max(1, Math.min(MAX_CONNECTIONS, poolSize(driver.db) ?? SMALL_POOL))
  }

  /** Deletes what a run that was killed left: it would be blamed on the first test. From now on, the next is noticed. */
  async prepare(): Promise<void> {
    const connection = await this.take()
    await this.#detector.clean(connection)
    await this.giveBack(connection)
  }

  /** Hands out a connection that no other test uses. */
  async take(): Promise<TestConnection> {
    if (this.#taken < this.#limit) this.#taken++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return this.#idle.pop() ?? (await this.#openOne())
    } catch (error) {
      this.#free()
      throw error
    }
  }

  /**
   * Gets back a connection and rolls back what was done on it. Returns what happened past the sandbox since the last time, and
   * undoes it: rows and tables that are left are deleted. A broken connection is replaced.
   */
  async giveBack(connection: TestConnection): Promise<Leaks> {
    const leaks = connection.isBroken ? null : await this.#detector.check(connection).catch(() => null)
    if (leaks) this.#idle.push(connection)
    else this.#drop(connection)
    try {
      return leaks ?? { ...(await this.#checkOnAnother()), isLost: true }
    } finally {
      this.#free()
    }
  }

  async #checkOnAnother(): Promise<Leaks> {
    const another = this.#idle.pop() ?? (await this.#openOne())
    return this.#detector.check(another, true).finally(() => this.#idle.push(another))
  }

  /** Closes every connection; tests that still run lose theirs. Who takes one later opens it again. */
  async close(): Promise<void> {
    const all = [...this.#open]
    this.#open.clear()
    this.#idle.length = 0
    const driver = this.#driver
    this.#driver = undefined
    await Promise.all(all.map((connection) => connection.close().catch(() => {})))
    if (driver) await isOver(driver.close(), CLOSING_MS) // some wait for connections that tests have left hanging
  }

  // The first attempts may get what a driver took for a good connection, after one was killed or the server was restarted.
  async #openOne(): Promise<TestConnection> {
    this.#driver ??= this.#connect()
    for (let attempt = 1; ; attempt++) {
      const connection = opening(TestConnection.open(this.#driver.db))
      if (!(await isOver(connection, PATIENCE_MS))) throw tooFew()
      try {
        this.#open.add(await connection)
        return await connection
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await new Promise((resolve) => setTimeout(resolve, attempt * 50))
      }
    }
  }

  #drop(connection: TestConnection): void {
    this.#open.delete(connection)
    connection.close().catch(() => {}) // its driver may learn only now that it is lost
  }

  #free(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken--
  }
}

const tooFew = () =>
  new SandboxError(
    `The driver gave the sandbox no connection in ${PATIENCE_MS / 1000} s: its pool (max) is too small for what else uses it.`,
  )
