import { getTableColumns, is, type Placeholder, SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder'

/** The values of a new row: plain ones, placeholders of a prepared statement, or SQL. */
export type InsertValues<Table extends PgTable> = {
  [Name in keyof Table['$inferInsert']]: Table['$inferInsert'][Name] | SQL | Placeholder
}

type Columns<Table extends PgTable> = Table['_']['columns']

/**
 * INSERT … SELECT … RETURNING, for use as a CTE: inserts `values` once for each row of `source`, so not at all where `source`
 * is a CTE that found nothing. Drizzle's own form cannot leave a column to its default in the database.
 */
export class InsertFrom<Table extends PgTable> extends TypedQueryBuilder<
  Columns<Table>,
  Table['$inferSelect'][]
> {
  readonly #statement: SQL
  readonly #columns: Columns<Table>

  constructor(table: Table, values: InsertValues<Table>, source: SQLWrapper) {
    super()
    this.#columns = getTableColumns(table)
    const given: Record<string, unknown> = values
    const cells = Object.entries<PgColumn>(getTableColumns(table)).flatMap(([name, column]) => {
      const value = given[name] === undefined ? column.defaultFn?.() : given[name]
      return value === undefined ? [] : { name: sql.identifier(column.name), value: cell(column, value) }
    })
    const list = (parts: unknown[]) => sql.join(parts as SQL[], sql`, `)
    this.#statement = sql`insert into ${table} (${list(cells.map(({ name }) => name))})
      select ${list(cells.map(({ value }) => value))} from ${source} returning ${list(Object.values(this.#columns))}`
  }

  getSQL(): SQL {
    return this.#statement
  }

  // Drizzle asks each builder that becomes a CTE for it.
  getSelectedFields(): Columns<Table> {
    return this.#columns
  }
}

// Without its length: an explicit cast to varchar(32) cuts a value short, where an assignment refuses it.
const cell = (column: PgColumn, value: unknown): SQL =>
  is(value, SQL)
    ? value
    : sql`${sql.param(value, column)}::${sql.raw(column.getSQLType().replace(/\s*\([^)]*\)/, ''))}`
