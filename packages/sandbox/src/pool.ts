import { TestConnection } from './connection.ts'
import { type AnyDatabase, send } from './drizzle.ts'
import { countRows, emptyTables, type Survivor, userTables } from './survivors.ts'

/** The connections that tests run on: one for tests that run alone, more for those that run at once. */
export class ConnectionPool {
  readonly #db: AnyDatabase
  readonly #idle: TestConnection[] = []
  readonly #all: TestConnection[] = []
  #tables: Promise<string[]> | undefined

  constructor(db: AnyDatabase) {
    this.#db = db
  }

  /** Hands out a connection that no other test uses. */
  async take(): Promise<TestConnection> {
    const idle = this.#idle.pop()
    if (idle) return idle
    this.#tables ??= this.#prepare()
    await this.#tables
    const connection = await TestConnection.open(this.#db)
    this.#all.push(connection)
    return connection
  }

  /**
   * Takes back the connection of a test, if it had one, with all that was done on it. Returns the rows that are there all
   * the same, and deletes them. While no test has used the database, nothing is asked.
   */
  async giveBack(used: TestConnection | undefined): Promise<Survivor[]> {
    const connection = used ?? this.#idle.pop()
    if (!connection) return []
    const tables = (await this.#tables) ?? []
    const survivors = (await connection.reset(countRows(tables))) as Survivor[]
    if (survivors.length > 0) await send(this.#db, emptyTables(survivors))
    this.#idle.push(connection)
    return survivors
  }

  /** Closes every connection; tests that still run lose theirs. */
  async close(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((connection) => connection.close()))
    this.#idle.length = 0
  }

  // Rows of a run that was killed, or of somebody's psql, would be blamed on the first test.
  async #prepare(): Promise<string[]> {
    const tables = await userTables(this.#db)
    const [survivors = []] = (await send(this.#db, countRows(tables))) as Survivor[][]
    if (survivors.length > 0) await send(this.#db, emptyTables(survivors))
    return tables
  }
}
