import { literal } from '../plan/sql.ts'
import type { Session } from './session.ts'
import type { Entry } from './status.ts'

/** A table that a migration will rewrite or lock, as its file says, and how large it is. `rows` is Postgres' estimate. */
export type Lock = { migration: string; effect: string; table: string; rows: number; megabytes: number }

const WORTH_SAYING_MB = 10

/** The locks of `steps` on tables that are large enough for somebody to notice. */
export async function locksOf({ query }: Session, steps: Entry[]): Promise<Lock[]> {
  const all = steps.flatMap(({ name, migration }) =>
    (migration.up?.locks ?? []).map((lock) => ({ migration: name, ...lock })),
  )
  const locks: Lock[] = []
  for (const lock of all) {
    const name = literal(lock.table)
    const [size] =
      await query(`select greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) / 1048576 as megabytes
      from pg_class where oid = to_regclass((select string_agg(quote_ident(part), '.') from unnest(string_to_array(${name}, '.')) part))`)
    if (!size || Number(size.megabytes) < WORTH_SAYING_MB) continue
    locks.push({ ...lock, rows: Number(size.rows), megabytes: Number(size.megabytes) })
  }
  return locks
}

/** A lock, in a sentence. */
export function inSentence({ migration, effect, table, rows, megabytes }: Lock): string {
  const wait = {
    rewrites: 'writes all of it again, and nobody reads or writes it meanwhile',
    'blocks writes of': 'keeps writers from it until it ends',
    'blocks reads and writes of': 'keeps readers and writers from it until it ends',
  }[effect]
  return `${table} has about ${rows} rows (${megabytes} MB): ${migration} ${wait ?? effect}.`
}
