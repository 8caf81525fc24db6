import { randomUUID } from 'node:crypto'
import { TOKEN_PREFIX } from './activity.ts'
import { Control } from './control.ts'
import { begin, end, useTemporary, within } from './current.ts'
import { sandboxed } from './database.ts'
import type { AnyDatabase, Connection } from './drizzle.ts'
import { joined, type SandboxError } from './errors.ts'
import { LeakDetector } from './leaks.ts'
import { ConnectionPool } from './pool.ts'
import { Sandbox } from './sandbox.ts'
import type { TestServer } from './server.ts'

/** What a test runner calls around its tests. The editions for Bun and Vitest are thin layers over this. */
export class Isolation<Database extends AnyDatabase = AnyDatabase> {
  /** What the app gets in place of its own database: every statement goes to the test that runs it. */
  readonly db: Database

  readonly #pool: ConnectionPool
  readonly #control: Control
  readonly #late: SandboxError[] = []

  private constructor(
    server: TestServer<Database>,
    worker: string | undefined,
    connection: Connection<Database>,
  ) {
    const connect = () => server.connect(worker)
    const watch = { token: nameConnections(), siblings: server.allowOtherDatabases ? null : server.prefix }
    const detector = new LeakDetector(watch, () => server.rebuild(worker))
    this.#pool = new ConnectionPool(connection, connect, detector)
    this.#control = new Control(connect)
    this.db = sandboxed(connection.db)
    useTemporary(() => this.#sandbox())
  }

  /**
   * Opens the database of one of several workers, or the only one, for the tests of this process. Throws `SandboxError` as
   * `TestServer.open` does.
   */
  static async open<Database extends AnyDatabase>(
    server: TestServer<Database>,
    worker?: string,
  ): Promise<Isolation<Database>> {
    const isolation = new Isolation(server, worker, await server.open(worker))
    await isolation.#pool.prepare()
    return isolation
  }

  /** Begins a test; what runs in it is told apart by `run`, or it is the only one. */
  begin(name = '(unknown)'): Sandbox {
    const sandbox = begin(this.#sandbox())
    sandbox.name = name
    return sandbox
  }

  /** Runs a test's body so that its statements, and those of whatever it starts, go to `sandbox`. */
  run<T>(sandbox: Sandbox, body: () => T): T {
    return within(sandbox, body)
  }

  /** Ends a test and rolls it back. Rejects with a `SandboxError` for what it did wrong. */
  end(sandbox: Sandbox): Promise<void> {
    return end(sandbox)
  }

  /**
   * Closes the connections; a test that begins later opens new ones. Rejects with a `SandboxError` for what tests did wrong
   * after their end.
   */
  async close(): Promise<void> {
    await this.#pool.close()
    const late = this.#late.splice(0)
    if (late.length > 0) throw joined(late)
  }

  #sandbox(): Sandbox {
    return new Sandbox(this.#pool, this.#control, (breach) => this.#late.push(breach))
  }
}

// Drivers name their connections by PGAPPNAME, also in the processes that tests start.
function nameConnections(): string {
  const name = `${TOKEN_PREFIX}${randomUUID().slice(0, 8)}`
  process.env.PGAPPNAME = name
  return name
}
