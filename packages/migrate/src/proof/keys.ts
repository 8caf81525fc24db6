import type { Query } from '../catalog.ts'
import type { Model } from '../plan/model.ts'

const PRIMARY_KEYS = `
  select n.nspname || '.' || c.relname as key, x.conname as name from pg_constraint x
    join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace where x.contype = 'p'`

/** A model with its primary keys as a database names them: Postgres calls a key after its table, and a table that drizzle-kit renamed has kept the old name. */
export async function withRealKeys(query: Query, model: Model): Promise<Model> {
  const names = new Map((await query(PRIMARY_KEYS)).map(({ key, name }) => [String(key), String(name)]))
  for (const [key, { primaryKey }] of Object.entries(model.tables)) {
    if (primaryKey) primaryKey.name = names.get(key) ?? primaryKey.name
  }
  return model
}
