import { opening, registerSession } from './activity.ts'
import { type Connection, send } from './drizzle.ts'

/** Looks at and stops what hangs on the tests' connections, over another connection that is open only meanwhile. */
export class Control {
  readonly #connect: () => Connection

  constructor(connect: () => Connection) {
    this.#connect = connect
  }

  /** The statement that process `pid` is running and what it waits for, or null when it runs none. */
  async describe(pid: number): Promise<string | null> {
    const [row] = await this.#query(
      `select query, wait_event_type as type, wait_event as event, (
        select string_agg(format('process %s of application "%s", which ran %s', other.pid, other.application_name, left(other.query, 80)), ' and ')
        from pg_stat_activity other where other.pid = any (pg_blocking_pids(${pid}))
      ) as blocker from pg_stat_activity where pid = ${pid} and state = 'active'`,
    )
    if (!row) return null
    const statement = String(row.query).replace(/\s+/g, ' ').trim()
    const shown = statement.length > 80 ? `${statement.slice(0, 79)}…` : statement
    return `\`${shown}\` (${reason(row)})`
  }

  /** Cancels the statement that process `pid` is running, if it runs one. */
  async cancel(pid: number): Promise<void> {
    await this.#query(`select pg_cancel_backend(${pid})`)
  }

  /** Ends process `pid`, and with it the connection. */
  async terminate(pid: number): Promise<void> {
    await this.#query(`select pg_terminate_backend(${pid})`)
  }

  async #query(query: string) {
    const { db, close } = this.#connect()
    try {
      await opening(registerSession(db))
      return (await send(db, query)).flat()
    } finally {
      await close()
    }
  }
}

function reason({ type, event, blocker }: Record<string, unknown>): string {
  if (blocker) return `it waits for a lock that is held by ${blocker}`
  if (event === 'PgSleep') return 'it sleeps'
  return type ? `it waits for ${type}: ${event}` : 'it computes'
}
