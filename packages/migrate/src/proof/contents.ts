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
  const tables = (await query(COLUMNS)) as { key: string; sql: string; columns: string[] }[]
  if (tables.length === 0) return new Map()
  const digests = tables.map(({ sql, columns }, n) => {
    const all = columns.map(quote).map((it) => `md5(json_agg(${it}::text order by ${it}::text)::text)`)
    return `select ${n} as n, to_json(array[${all.join(', ')}]) as digests from ${sql}`
  })
  const rows = await query(digests.join(' union all '))
  return new Map(
    rows.flatMap(({ n, digests }) => {
      const table = tables[Number(n)]
      return (digests as string[]).map(
        (digest, at) => [`${table?.key}.${table?.columns[at]}`, String(digest)] as const,
      )
    }),
  )
}
