import type { Query } from '../catalog.ts'
import { quote } from '../plan/sql.ts'

/** What each column holds, as a digest of its values, whatever the order of rows. By `schema.table.column`. */
export type Contents = Map<string, string>

const COLUMNS = `
  select n.nspname || '.' || c.relname as key, format('%I.%I', n.nspname, c.relname) as sql, json_agg(a.attname) as columns
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    and n.nspname not in ('pg_catalog', 'information_schema', 'drizzle') and n.nspname !~ '^pg_(toast|temp)'
  group by 1, 2`

/** Reads the contents of all tables. */
export async function readContents(query: Query): Promise<Contents> {
  const contents: Contents = new Map()
  const tables = (await query(COLUMNS)) as { key: string; sql: string; columns: string[] }[]
  for (const { key, sql, columns } of tables) {
    const digests = columns.map((name, n) => {
      const column = quote(name)
      return `md5(json_agg(${column}::text order by ${column}::text)::text) as d${n}`
    })
    const [row] = await query(`select ${digests.join(', ')} from ${sql}`)
    columns.forEach((name, n) => {
      contents.set(`${key}.${name}`, String(row?.[`d${n}`]))
    })
  }
  return contents
}
