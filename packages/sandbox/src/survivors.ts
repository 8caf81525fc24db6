import { type AnyDatabase, type Row, send } from './drizzle.ts'
import { dropStatements, takeInventory } from './ownership.ts'

/** A table that has other rows than the blueprint gave it. `name` is quoted as SQL needs it. */
export type Survivor = { name: string; count: number; isBaseline: boolean }

/** The rows that the blueprint gave to the tables, by their OID: how many, and a sum over them. Other tables begin empty. */
export type Baseline = Record<string, string>

// `reltuples` and statistics lag; the size of a table does not, and it is zero where no row was ever written.
const SIZES = `select c.oid::text as oid, format(case nspname when 'public' then '%2$I' else '%1$I.%2$I' end, nspname, relname) as name
from pg_class c join pg_namespace n on n.oid = relnamespace
where c.oid >= 16384 and relkind = 'r' and relpersistence <> 't' and nspname not in ('sandbox', 'information_schema') and nspname !~ '^pg_'
  and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
  and (pg_relation_size(c.oid) > 0 or c.oid::text = any ($baseline$ARRAY$baseline$::text[]))`

type Filled = { oid: string; name: string; count: number; content: string }

async function filledTables(db: AnyDatabase, baseline: Baseline, exact: boolean): Promise<Filled[]> {
  const [tables = []] = await send(db, SIZES.replace('ARRAY', `{${Object.keys(baseline).join(',')}}`))
  if (tables.length === 0) return []
  const counts = tables.map(({ oid, name }) => {
    const sum =
      exact || String(oid) in baseline ? 'coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)' : '0'
    return `select '${oid}' as oid, '${String(name).replaceAll("'", "''")}' as name, count(*)::int as count, concat(count(*), '/', ${sum}) as content from only ${name} t`
  })
  const rows = (
    await send(db, `set local max_parallel_workers_per_gather = 0; ${counts.join(' union all ')}`)
  ).flat()
  return rows as Row[] as Filled[]
}

/** Takes down which rows a database has that was just built. */
export async function takeBaseline(db: AnyDatabase): Promise<Baseline> {
  const filled = await filledTables(db, {}, true)
  return Object.fromEntries(filled.filter(({ count }) => count > 0).map(({ oid, content }) => [oid, content]))
}

/** The tables whose rows are not those of the blueprint. */
export async function findSurvivors(db: AnyDatabase, baseline: Baseline): Promise<Survivor[]> {
  const filled = await filledTables(db, baseline, false)
  return filled
    .filter(({ oid, count, content }) => (oid in baseline ? content !== baseline[oid] : count > 0))
    .map(({ oid, name, count }) => ({ name, count, isBaseline: oid in baseline }))
}

/** Deletes the rows of tables that begin empty; tests that run at the same time may use the tables meanwhile. */
export async function deleteSurvivors(db: AnyDatabase, survivors: Survivor[]): Promise<void> {
  const names = survivors.map(({ name }) => name)
  const parts = names.map((name, i) => `gone_${i} as (delete from only ${name})`)
  await db.transaction(async (tx) => {
    await send(tx, 'savepoint deletion')
    // One statement, so that foreign keys among them are checked at its end; one that restricts is checked at once.
    await send(tx, `with ${parts.join(', ')} select`).catch(() =>
      send(tx, `rollback to savepoint deletion; truncate ${names.join(', ')} cascade`),
    )
  })
}

/** Drops the tables and views that are not the sandbox's, and returns their names. */
export async function dropForeign(db: AnyDatabase): Promise<string[]> {
  const { foreign, foreignObjects } = await takeInventory(db)
  if (foreign.length > 0) await db.transaction((tx) => send(tx, dropStatements(foreignObjects)))
  return foreign
}

/** Names what survived: `users (2 rows), sessions (1 row)`. */
export const describeSurvivors = (survivors: Survivor[]): string =>
  survivors
    .map(({ name, count, isBaseline }) => {
      const rows = `${count} ${count === 1 ? 'row' : 'rows'}`
      return `${name} (${rows}${isBaseline ? ', not those of the blueprint' : ''})`
    })
    .join(', ')
