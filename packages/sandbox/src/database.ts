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
  return database as Database
}

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

/** A query that the driver's own session prepares anew for the connection of each test that runs it. */
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
      const query = internals(db).session.prepareQuery(...this.#preparation)
      return Object.assign(query, { joinsNotNullableMap: this.joinsNotNullableMap }).execute(values)
    })
  }
}
