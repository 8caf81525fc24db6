import type { Query } from '../catalog.ts'
import type { Blocker } from '../plan/conditions.ts'
import { literal, mentions, quote } from '../plan/sql.ts'
import { sqlError } from '../sql-error.ts'
import { HOSTILE_ROWS, hostile } from './hostile.ts'
import { removeOrphans, withForeignKeys, withoutForeignKeys } from './orphans.ts'
import { candidates, sample, type ValueType } from './values.ts'

/** What a column becomes, so that its values can be such that they survive it. By `schema.table.column`. */
export type Wishes = Map<string, ValueType & { notNull: boolean; isRetyped: boolean }>

type Column = ValueType & { name: string; notNull: boolean }
type Table = { key: string; sql: string; columns: Column[]; checks: Record<string, string> }

const TABLES = `
  select n.nspname || '.' || c.relname as key, format('%I.%I', n.nspname, c.relname) as sql,
    (select coalesce(json_object_agg(x.conname, pg_get_constraintdef(x.oid)), '{}')
       from pg_constraint x where x.conrelid = c.oid and x.contype = 'c') as checks,
    (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'notNull', a.attnotnull, 'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e
          where e.enumtypid = coalesce(nullif(t.typelem, 0), t.oid))) order by a.attnum), '[]')
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema', 'drizzle') and n.nspname !~ '^pg_(toast|temp)'
  order by 1`

const NULL_ROW = 3

/** Which tables get rows, and which. `rows` is their number, of which the third is NULL wherever it may be. */
export type Seeds = {
  rows: number
  /** Whether columns that change their type get hostile values too, in separate rows. */
  isHostile?: boolean
  wishes?: Wishes
  concerns?: (table: string) => boolean
}

/** Puts rows into tables, and returns those of them that stay empty. */
export async function seed(
  query: Query,
  { rows, isHostile = false, wishes = new Map(), concerns = () => true }: Seeds,
): Promise<string[]> {
  const passes = (await withoutForeignKeys(query)) ? 1 : 3
  const all = (await query(TABLES)) as unknown as Table[]
  const tables = all.filter(({ key }) => concerns(key))
  for (const table of Array.from({ length: passes }, () => tables).flat()) {
    const usual = Array.from({ length: rows }, (_, n) => rowOf(table, n + 1, wishes))
    const odd = Array.from({ length: isHostile ? HOSTILE_ROWS : 0 }, (_, n) => hostileRow(table, n, wishes))
    await insertAll(
      query,
      table,
      [...usual, ...odd].filter((row) => row !== null),
    )
  }
  await removeOrphans(query)
  await withForeignKeys(query)
  if (tables.length === 0) return []
  const counts = tables.map(({ sql }, n) => `select ${n} as n where not exists (select from ${sql})`)
  const empty = await query(counts.join(' union all '))
  return empty.flatMap(({ n }) => tables[Number(n)]?.key ?? [])
}

/** Deletes the rows that a blocker picks, and those that refer to them. */
export async function remove(query: Query, { setup, table, where }: Blocker): Promise<void> {
  if (setup) await query(setup)
  await withoutForeignKeys(query)
  await query(`delete from ${table} where ${where}`)
  await query('discard temp') // the function of the setup would keep the types that it uses
  await removeOrphans(query)
  await withForeignKeys(query)
}

type Row = Map<string, string | null>

function rowOf(table: Table, n: number, wishes: Wishes): Row | null {
  const row: Row = new Map()
  for (const column of table.columns) {
    const wish = wishes.get(`${table.key}.${column.name}`)
    const isText = /^(text|character|citext)/.test(column.type)
    const labels =
      column.labels && wish?.labels ? column.labels.filter((it) => wish.labels?.includes(it)) : column.labels
    const value = sample(wish && isText ? wish : { ...column, labels }, n)
    const mayBeNull = !column.notNull && !wish?.notNull
    if (value === null && !mayBeNull) return null
    row.set(column.name, n === NULL_ROW && mayBeNull ? null : value)
  }
  return row
}

function hostileRow(table: Table, n: number, wishes: Wishes): Row | null {
  const row = rowOf(table, NULL_ROW + 1 + n, wishes)
  const values = table.columns.flatMap(({ name, ...type }) => {
    const value = wishes.get(`${table.key}.${name}`)?.isRetyped ? hostile(type, n) : null
    return value === null ? [] : [[name, value] as const]
  })
  return row && values.length > 0 ? new Map([...row, ...values]) : null
}

// All at once, and one by one only where some of them do not fit.
async function insertAll(query: Query, table: Table, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const error = await attempt(query, table, rows)
  if (error) for (const row of rows) await insert(query, table, row)
}

async function insert(query: Query, table: Table, row: Row): Promise<void> {
  const tried = new Set<string>()
  for (;;) {
    const error = await attempt(query, table, [row])
    if (error?.state !== '23514') return // in, or in the way of something that no other value would fix
    const better = fixed(table, row, error.constraint ?? '', tried)
    if (!better) return
    row = better
  }
}

async function attempt(query: Query, { sql }: Table, rows: Row[]): Promise<ReturnType<typeof sqlError>> {
  const names = [...(rows[0]?.keys() ?? [])].map(quote).join(', ')
  const values = rows.map((row) => {
    return `(${[...row.values()].map((value) => (value === null ? 'null' : literal(value))).join(', ')})`
  })
  const given = names ? `(${names}) overriding system value values ${values.join(', ')}` : 'default values'
  try {
    await query(`insert into ${sql} ${given} on conflict do nothing`)
    return null
  } catch (error) {
    return sqlError(error)
  }
}

function fixed(table: Table, row: Row, constraint: string, tried: Set<string>): Row | null {
  const check = table.checks[constraint] ?? ''
  for (const { name } of table.columns.filter((column) => mentions(check, column.name))) {
    for (const value of candidates(check)) {
      const key = JSON.stringify([constraint, name, value])
      if (tried.has(key)) continue
      tried.add(key)
      return new Map(row).set(name, value.slice(1, -1).replaceAll("''", "'"))
    }
  }
  return null
}
