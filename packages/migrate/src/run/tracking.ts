import type { Migration } from '../folder.ts'
import { literal, type Place, quote } from '../plan/sql.ts'
import type { Script } from '../script.ts'
import { isMissingTable, type Session } from './session.ts'

/** What a database keeps of one migration. `when` is the date in the journal, `hash` that of the file which was run. */
export type Tracked = {
  id: number
  hash: string
  when: number
  downHash: string | null
  appliedAt: Date | null
  /** Set while a migration without a transaction is on its way: `done` statements are finished. */
  unfinished: { direction: 'up' | 'down'; done: number } | null
}

/** Reads and writes what a database has had applied. Each statement is one that a script can run by hand, too. */
export type Tracking = {
  /** Makes the table, or adds what drizzle's own migrator leaves out; harmless when all is there. */
  prepare: string[]
  /** The condition that nothing is to be prepared, as a query that yields a row then. */
  isPrepared: string
  /** Reads what was applied, in the order in which that happened; nothing where no migrator has ever run. */
  read: (session: Session) => Promise<Tracked[]>
  /** Records a migration as applied now, with the files as they are. */
  recordApplied: (migration: Migration) => string
  /** The condition that a database is just behind `last` in a line of `count` applied migrations, with none half way. */
  isAt: (last: Migration | undefined, count: number) => string
  forget: (when: number) => string
  /** Takes the files of an applied migration as they are now for those that were applied. */
  acceptFiles: (migration: Migration) => string
  /**
   * Records, without a transaction, how far a migration has come. Half up migration its date is negative: drizzle's own migrator looks at the
   * newest date alone, and so takes it for not applied.
   */
  progress: {
    startUp: (migration: Migration) => string
    startDown: (migration: Migration) => string
    step: (migration: Migration, done: number) => string
    finishUp: (migration: Migration) => string
  }
}

/**
 * Tracks in drizzle's table, or in the one that drizzle.config names; drizzle's own migrator reads `created_at` and writes `hash` and
 * `created_at`. Columns of ours carry our name, so that none of a later drizzle can meet them; the default dates also what drizzle's
 * migrator applies.
 */
export function trackingIn(place: Place): Tracking {
  const table = `${quote(place.schema)}.${quote(place.name)}`
  const rows = (where: string) => `(select count(*) from ${table} where ${where})`
  return {
    prepare: [
      ...(place.schema === 'public' ? [] : [`create schema if not exists ${quote(place.schema)}`]),
      `create table if not exists ${table} (id serial primary key, hash text not null, created_at bigint)`,
      `alter table ${table}
    add column if not exists hearth_down_hash text,
    add column if not exists hearth_applied_at timestamptz,
    add column if not exists hearth_unfinished text,
    add column if not exists hearth_done int`,
      `alter table ${table} alter column hearth_applied_at set default now()`,
    ],
    isPrepared: `select from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = to_regclass(${literal(table)}) and a.attname = 'hearth_applied_at'
      and exists (select from pg_attribute where attrelid = a.attrelid and attname = 'hearth_done')`,
    async read(session) {
      try {
        // Not by name, since columns of ours are not there after drizzle's own migrator alone.
        return (await session.query(`select * from ${table} order by id`)).map(parse)
      } catch (error) {
        if (isMissingTable(error)) return []
        throw error
      }
    },
    recordApplied: ({ when, up, down }) =>
      `insert into ${table} (hash, created_at, hearth_down_hash) values (${hashOf(up)}, ${when}, ${hashOf(down)})`,
    isAt: (last, count) =>
      [
        `${rows('hearth_unfinished is null')} = ${count}`,
        `${rows('hearth_unfinished is not null')} = 0`,
        ...(last ? [`${rows(`created_at = ${last.when}`)} >= 1`] : []),
      ].join(' and '),
    forget: (when) => `delete from ${table} where abs(created_at) = ${when}`,
    acceptFiles: ({ when, up, down }) =>
      `update ${table} set hash = ${hashOf(up)}, hearth_down_hash = ${hashOf(down)} where created_at = ${when}`,
    progress: {
      startUp: ({ when, up }) =>
        `insert into ${table} (hash, created_at, hearth_unfinished, hearth_done) values (${hashOf(up)}, -${when}, 'up', 0)`,
      startDown: ({ when }) =>
        `update ${table} set hearth_unfinished = 'down', hearth_done = 0 where created_at = ${when}`,
      step: ({ when }, done) => `update ${table} set hearth_done = ${done} where abs(created_at) = ${when}`,
      finishUp: ({ when, up, down }) =>
        `update ${table} set created_at = ${when}, hash = ${hashOf(up)}, hearth_down_hash = ${hashOf(down)}, hearth_applied_at = now(), hearth_unfinished = null, hearth_done = null where created_at = -${when}`,
    },
  }
}

/** Makes the table ready where it is not yet, which needs rights that a migrator may lack. */
export async function prepareTracking({ query }: Session, { isPrepared, prepare }: Tracking): Promise<void> {
  if ((await query(isPrepared)).length > 0) return
  for (const statement of prepare) await query(statement)
}

function parse(row: Record<string, unknown>): Tracked {
  return {
    id: Number(row.id),
    hash: String(row.hash),
    when: Math.abs(Number(row.created_at)), // below zero while it is on its up migration
    downHash: (row.hearth_down_hash as string | undefined) ?? null,
    appliedAt: (row.hearth_applied_at as Date | undefined) ?? null,
    unfinished: row.hearth_unfinished
      ? { direction: row.hearth_unfinished as 'up' | 'down', done: Number(row.hearth_done) }
      : null,
  }
}

const hashOf = (script: Script | null): string => (script ? `'${script.hash}'` : 'null')
