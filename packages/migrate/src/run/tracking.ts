import type { Migration } from '../folder.ts'
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

// The table is that of drizzle's own migrator, which reads `created_at` and writes `hash` and `created_at`. Columns of ours
// carry our name, so that none of a later drizzle can meet them; the default dates also what drizzle's migrator applies.
const TABLE = 'drizzle.__drizzle_migrations'

/** Makes the tracking table, or adds what drizzle's own migrator leaves out; harmless when all is there. */
export const PREPARE_TRACKING = [
  'create schema if not exists drizzle',
  `create table if not exists ${TABLE} (id serial primary key, hash text not null, created_at bigint)`,
  `alter table ${TABLE}
    add column if not exists hearth_down_hash text,
    add column if not exists hearth_applied_at timestamptz,
    add column if not exists hearth_unfinished text,
    add column if not exists hearth_done int`,
  `alter table ${TABLE} alter column hearth_applied_at set default now()`,
]

/** Reads what a database has had applied, in the order in which that happened; nothing where no migrator has ever run. */
export async function readTracked(session: Session): Promise<Tracked[]> {
  try {
    // Not by name, since columns of ours are not there after drizzle's own migrator alone.
    return (await session.query(`select * from ${TABLE} order by id`)).map(parse)
  } catch (error) {
    if (isMissingTable(error)) return []
    throw error
  }
}

function parse(row: Record<string, unknown>): Tracked {
  return {
    id: Number(row.id),
    hash: String(row.hash),
    when: Math.abs(Number(row.created_at)), // below zero while it is on its way up
    downHash: (row.hearth_down_hash as string | undefined) ?? null,
    appliedAt: (row.hearth_applied_at as Date | undefined) ?? null,
    unfinished: row.hearth_unfinished
      ? { direction: row.hearth_unfinished as 'up' | 'down', done: Number(row.hearth_done) }
      : null,
  }
}

/** The statement that records a migration as applied now, with the files as they are. */
export function recordApplied({ when, up, down }: Migration): string {
  return `insert into ${TABLE} (hash, created_at, hearth_down_hash) values (${hashOf(up)}, ${when}, ${hashOf(down)})`
}

/** The condition that a database is just behind `last` in a line of `count` applied migrations, with none half way. */
export function isAt(last: Migration | undefined, count: number): string {
  const rows = (where: string) => `(select count(*) from ${TABLE} where ${where})`
  return [
    `${rows('hearth_unfinished is null')} = ${count}`,
    `${rows('hearth_unfinished is not null')} = 0`,
    ...(last ? [`${rows(`created_at = ${last.when}`)} = 1`] : []),
  ].join(' and ')
}

/** The statement that forgets a migration. */
export const forget = (when: number): string => `delete from ${TABLE} where abs(created_at) = ${when}`

/** The statement that takes the files of an applied migration as they are now for those that were applied. */
export function acceptFiles({ when, up, down }: Migration): string {
  return `update ${TABLE} set hash = ${hashOf(up)}, hearth_down_hash = ${hashOf(down)} where created_at = ${when}`
}

/**
 * The statements that record, without a transaction around them, how far a migration has come. Half way up its date is
 * negative: drizzle's own migrator looks at the newest date alone, and so takes it for not applied.
 */
export const progress = {
  startUp: ({ when, up }: Migration): string =>
    `insert into ${TABLE} (hash, created_at, hearth_unfinished, hearth_done) values (${hashOf(up)}, -${when}, 'up', 0)`,
  startDown: ({ when }: Migration): string =>
    `update ${TABLE} set hearth_unfinished = 'down', hearth_done = 0 where created_at = ${when}`,
  step: ({ when }: Migration, done: number): string =>
    `update ${TABLE} set hearth_done = ${done} where abs(created_at) = ${when}`,
  finishUp: ({ when, up, down }: Migration): string =>
    `update ${TABLE} set created_at = ${when}, hash = ${hashOf(up)}, hearth_down_hash = ${hashOf(down)}, hearth_applied_at = now(), hearth_unfinished = null, hearth_done = null where created_at = -${when}`,
}

const hashOf = (script: Script | null): string => (script ? `'${script.hash}'` : 'null')
