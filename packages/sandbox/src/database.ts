import type { SQL } from 'drizzle-orm'
import {
  PgDatabase,
  PgPreparedQuery,
  PgSession,
  type PgTransactionConfig,
  type PreparedQueryConfig,
} from 'drizzle-orm/pg-core'
import { currentTarget } from './current.ts'
import { type AnyDatabase, type AnyTransaction, internals } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { rewriteClock } from './statements.ts'

type Preparation = Parameters<PgSession['prepareQuery']>

/**
 * Returns a Drizzle database of the type and the schema of `real` whose every statement goes to the test that runs it. What
 * it prepares may be kept from test to test.
 */
export function sandboxed<Database extends AnyDatabase>(real: Database): Database {
  const { dialect } = internals(real)
  const { fullSchema, schema, tableNamesMap } = real._
  const relations = schema && { fullSchema, schema, tableNamesMap }
  const database: AnyDatabase = new PgDatabase(dialect, new SandboxedSession(dialect), relations)
  return Object.assign(database, { $client: client }) as unknown as Database
}

// Closing is what suites do at their end, and here the sandbox does it; everything else would pass it by.
const client: object = new Proxy(() => {}, {
  get(_, key) {
    if (key === 'end' || key === 'close') return async () => {}
    if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined
    throw passedBy()
  },
  apply() {
    throw passedBy()
  },
})
const passedBy = () =>
  new SandboxError('`db.$client` would send statements past the sandbox: use `db.execute` with `sql`.')

class SandboxedSession extends PgSession {
  override prepareQuery<T extends PreparedQueryConfig>(...preparation: Preparation): PgPreparedQuery<T> {
    return new SandboxedQuery<T>(preparation)
  }

  override transaction<T>(run: (tx: AnyTransaction) => Promise<T>, config?: PgTransactionConfig): Promise<T> {
    return currentTarget().transaction(run, config)
  }

  override async count(query: SQL): Promise<number> {
    const { sql } = this.dialect.sqlToQuery(query)
    return currentTarget().statement(sql, (db) => internals(db).session.count(query))
  }
}

/** A query that the driver's own session prepares for the connection of each test that runs it. */
class SandboxedQuery<T extends PreparedQueryConfig> extends PgPreparedQuery<T> {
  readonly #preparation: Preparation

  /** Set by Drizzle's builders after the construction: which joined tables may be missing from a row. */
  joinsNotNullableMap: Record<string, boolean> | undefined

  constructor(preparation: Preparation) {
    super(preparation[0], undefined, undefined)
    this.#preparation = preparation
  }

  override async execute(values?: Record<string, unknown>): Promise<T['execute']> {
    return currentTarget().statement(this.query.sql, (db) => {
      const [given, ...rest] = this.#preparation
      const rewritten = { ...given, sql: rewriteClock(given.sql) }
      const query = internals(db).session.prepareQuery(rewritten, ...rest)
      return Object.assign(query, { joinsNotNullableMap: this.joinsNotNullableMap }).execute(values)
    })
  }
}
