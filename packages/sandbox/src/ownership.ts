import { type AnyDatabase, send } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import type { Baseline } from './survivors.ts'

/** An object of a database, as Postgres's catalogs know it. */
type ObjectId = { classid: number; objid: number }

/**
 * What the sandbox writes into a database that it builds: the fingerprint of the blueprint, every object that it made, and
 * which rows the blueprint brought. Nothing else is ever dropped. `made` is null in databases of the first version, which marked them by a fingerprint alone.
 */
type Mark = { fingerprint: string; made: ObjectId[] | null; baseline: Baseline }

/**
 * What is in a database: its mark, all objects, and the tables (views, sequences) that the sandbox did not make, by their
 * names as SQL needs them, and as objects.
 */
export type Inventory = {
  mark: Mark | null
  objects: ObjectId[]
  foreign: string[]
  foreignObjects: ObjectId[]
}

// All that people or extensions add has an OID from 16384 on. What belongs to an extension or to a table goes with it.
const OBJECTS = `
select classid::int8::int as classid, objid::int8::int as objid, name from (
  select 'pg_namespace'::regclass, oid, oid, null from pg_namespace where nspname !~ '^pg_' and nspname <> 'public'
  union all select 'pg_extension'::regclass, oid, extnamespace, null from pg_extension
  union all select 'pg_class'::regclass, oid, relnamespace, oid::regclass::text from pg_class
    where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and relpersistence <> 't'
  union all select 'pg_type'::regclass, oid, typnamespace, null from pg_type where typtype in ('e', 'd', 'r')
    or typtype = 'c' and exists (select from pg_class where pg_class.oid = typrelid and relkind = 'c')
  union all select 'pg_proc'::regclass, oid, pronamespace, null from pg_proc
  union all select 'pg_collation'::regclass, oid, collnamespace, null from pg_collation
  union all select 'pg_operator'::regclass, oid, oprnamespace, null from pg_operator
  union all select 'pg_ts_config'::regclass, oid, cfgnamespace, null from pg_ts_config
  union all select 'pg_publication'::regclass, oid, null, null from pg_publication
  union all select 'pg_event_trigger'::regclass, oid, null, null from pg_event_trigger
  union all select 'pg_foreign_server'::regclass, oid, null, null from pg_foreign_server
) as object(classid, objid, schema, name)
where objid >= 16384 and schema is distinct from (select oid from pg_namespace where nspname = 'sandbox')
  and not exists (select from pg_depend where pg_depend.classid = object.classid and pg_depend.objid = object.objid and deptype in ('e', 'i'))
order by classid, objid`

const MARK = `select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = 'sandbox'`

/** Looks at what lies in a database, in one round trip. */
export async function takeInventory(db: AnyDatabase): Promise<Inventory> {
  const [[sandbox] = [], rows = []] = await send(db, `${MARK};${OBJECTS}`)
  const mark = sandbox ? parseMark(sandbox.mark) : null
  const objects = rows.map(({ classid, objid, name }) => ({
    classid: Number(classid),
    objid: Number(objid),
    name: name === null ? null : String(name),
  }))
  const made = mark && new Set((mark.made ?? objects.filter(({ name }) => !isMigrations(name))).map(keyOf))
  const foreignObjects = objects.filter((object) => object.name && !made?.has(keyOf(object)))
  const foreign = foreignObjects.map(({ name }) => String(name))
  if (sandbox && !mark) foreign.unshift('schema sandbox')
  return { mark, objects, foreign, foreignObjects }
}

/** The statement that marks a database: it lists all that is in it now and was not `before`. */
export function markStatement(
  fingerprint: string,
  before: Inventory,
  after: Inventory,
  baseline: Baseline,
): string {
  const old = new Set(before.objects.map(keyOf))
  const made = after.objects.filter((object) => !old.has(keyOf(object))).map(keyOf)
  return `comment on schema sandbox is '${JSON.stringify({ fingerprint, made, baseline })}'`
}

/** The statements that drop `objects`, and what depends on them. */
export function dropStatements(objects: ObjectId[]): string {
  const list = objects.map(({ classid, objid }) => `(${classid}, ${objid})`).join(', ')
  if (!list) return 'select'
  return `set local client_min_messages = warning;
do $drop$ declare object record; begin
  for object in select (pg_identify_object(classid::oid, objid::oid, 0)).* from (values ${list}) as made(classid, objid) loop
    if object.identity is not null then
      execute format('drop %s if exists %s cascade', object.type, object.identity);
    end if;
  end loop;
end $drop$`
}

/** Whether the person who runs the tests asked to delete all that the database called `name` holds. */
export const isReset = (name: string) => process.env.SANDBOX_RESET === name

/** Throws `SandboxError` when the database called `name` has tables that the sandbox did not make, unless it is to be reset. */
export function refuseForeign(name: string, { foreign }: Inventory): void {
  if (foreign.length === 0 || isReset(name)) return
  const migrations = foreign.filter(isMigrations)
  const what =
    migrations.length > 0
      ? `has a migrations table (${migrations.join(', ')}), so an app uses it`
      : `has tables that the tests did not create (${listed(foreign)})`
  throw new SandboxError(
    `The test database "${name}" ${what}, and nothing was changed: name an empty database, or run once with SANDBOX_RESET=${name} to delete all that it holds.`,
  )
}

const listed = (names: string[]) =>
  names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')

// Drizzle, Prisma, Rails, Laravel, Django, Kysely and many others say "migration"; these do not.
const MIGRATIONS =
  /migration|alembic_version|flyway_schema_history|databasechangelog|sequelizemeta|goose_db_version|schema_revisions|phinxlog/i
const isMigrations = (name: string | null) => name !== null && MIGRATIONS.test(name)

const keyOf = ({ classid, objid }: ObjectId) => `${classid}/${objid}`

function parseMark(text: unknown): Mark | null {
  if (typeof text !== 'string') return null
  if (/^[0-9a-f]{32}$/.test(text)) return { fingerprint: text, made: null, baseline: {} }
  try {
    const mark = JSON.parse(text) as { fingerprint: string; made: string[]; baseline?: Baseline }
    return { ...mark, made: mark.made.map(objectOf), baseline: mark.baseline ?? {} }
  } catch {
    return null
  }
}

function objectOf(key: string): ObjectId {
  const [classid = 0, objid = 0] = key.split('/').map(Number)
  return { classid, objid }
}
