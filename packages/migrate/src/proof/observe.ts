import type { Query } from '../catalog.ts'

/** What a statement does to a table that was there before: it rewrites all of it, or keeps others from it until the migration ends. */
export type Impact = {
  table: string
  effect: 'rewrites' | 'blocks writes' | 'blocks reads and writes'
  statement: string
}

type Relation = { table: string; filenode: number; isWriteLocked: boolean; isReadLocked: boolean }

// The lock modes that conflict with ROW EXCLUSIVE, which writers take; the last one also conflicts with readers' ACCESS SHARE.
const RELATIONS = `
  select n.nspname || '.' || c.relname as "table", c.oid::text as oid, c.relfilenode::int as filenode,
    coalesce(bool_or(l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')), false) as "isWriteLocked",
    coalesce(bool_or(l.mode = 'AccessExclusiveLock'), false) as "isReadLocked"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_locks l on l.relation = c.oid and l.pid = pg_backend_pid() and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'drizzle') and n.nspname !~ '^pg_(toast|temp)'
  group by 1, 2, 3`

/**
 * Runs a plan in a transaction, unless it allows none, and returns what was seen after each statement: which tables have new
 * files, and which are locked. Throws `StatementError`, in which the plan is called `name`.
 */
export async function runObserved(
  query: Query,
  { statements, concurrent }: { statements: string[]; concurrent: boolean },
  name: string,
): Promise<Impact[]> {
  const impacts: Impact[] = []
  if (!concurrent) await query('begin')
  try {
    const before = await relations(query)
    for (const statement of statements) {
      await query(statement).catch((error: Error) => {
        throw new StatementError(`${name} fails: ${error.message}`, statement)
      })
      if (before.size === 0) continue // nothing that was there can be concerned
      for (const [oid, now] of await relations(query)) {
        const was = before.get(oid)
        if (!was) continue
        const note = (effect: Impact['effect']) => impacts.push({ table: was.table, effect, statement })
        if (now.filenode !== was.filenode) note('rewrites')
        if (now.isReadLocked && !was.isReadLocked) note('blocks reads and writes')
        else if (now.isWriteLocked && !was.isWriteLocked) note('blocks writes')
        before.set(oid, { ...now, table: was.table })
      }
    }
    if (!concurrent) await query('commit')
    return impacts
  } catch (error) {
    if (!concurrent) await query('rollback')
    throw error
  }
}

/** What a statement of a migration failed with. */
export class StatementError extends Error {
  override name = 'StatementError'
  readonly statement: string

  constructor(message: string, statement: string) {
    super(message)
    this.statement = statement
  }
}

async function relations(query: Query): Promise<Map<string, Relation>> {
  const rows = (await query(RELATIONS)) as (Relation & { oid: string })[]
  return new Map(rows.map((row) => [row.oid, row]))
}
