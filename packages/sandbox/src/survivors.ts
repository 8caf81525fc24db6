import { type AnyDatabase, send } from './drizzle.ts'

/** A table that holds rows when no test runs. `name` is quoted as SQL needs it. */
export type Survivor = { name: string; count: number }

/** The names of all tables that are not Postgres's own, quoted as SQL needs them. */
export async function userTables(db: AnyDatabase): Promise<string[]> {
  const [rows = []] = await send(
    db,
    `select format(case schemaname when 'public' then '%2$I' else '%1$I.%2$I' end, schemaname, tablename) as name
    from pg_tables where schemaname <> 'information_schema' and schemaname !~ '^pg_' order by 1`,
  )
  return rows.map(({ name }) => String(name))
}

/** The statement that returns a `Survivor` for each of `tables` that holds rows. */
export function countRows(tables: string[]): string {
  if (tables.length === 0) return 'select where false'
  return tables
    .map(
      (table) =>
        `select '${table.replaceAll("'", "''")}' as name, count(*)::int as count from ${table} having count(*) > 0`,
    )
    .join(' union all ')
}

/** The statement that deletes what `survivors` lists. */
export const emptyTables = (survivors: Survivor[]): string =>
  `truncate ${survivors.map(({ name }) => name).join(', ')} cascade`

/** Names what survived: `users (2 rows), sessions (1 row)`. */
export const describeSurvivors = (survivors: Survivor[]): string =>
  survivors.map(({ name, count }) => `${name} (${count} ${count === 1 ? 'row' : 'rows'})`).join(', ')
