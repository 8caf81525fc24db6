// Postgres' own catalogs, so that no difference hides behind a tool's picture of them. Each query yields a `key` that
// names one object and columns that describe it; `of` is the table that the object belongs to.

const isOwn = `n.nspname not in ('pg_catalog', 'information_schema', 'drizzle') and n.nspname !~ '^pg_(toast|temp)'`

const notOfExtension = (catalog: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`

const relations = (kinds: string) =>
  `from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in (${kinds}) and ${isOwn} and ${notOfExtension('pg_class', 'c.oid')}`

const relationFacts = `
  n.nspname || '.' || c.relname as key, n.nspname || '.' || c.relname as of, c.relkind as kind,
  c.relpersistence as persistence, c.relrowsecurity as "row security", c.relforcerowsecurity as "forced row security",
  array(select unnest(c.reloptions) order by 1) as options, pg_get_partkeydef(c.oid) as "partition key", c.relreplident as "replica identity",
  (select amname from pg_am where oid = c.relam) as "access method", c.relacl::text as rights,
  obj_description(c.oid, 'pg_class') as comment`

const columns = `from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace`
const isColumn = `a.attnum > 0 and not a.attisdropped and ${isOwn} and ${notOfExtension('pg_class', 'c.oid')}`

/** For each kind of object, the query that lists all of that kind. */
export const CATALOG_QUERIES: Record<string, string> = {
  schema: `select n.nspname as key, n.nspacl::text as rights from pg_namespace n
    where ${isOwn} and n.nspname <> 'public'`,

  extension: `select extname as key, extversion as version from pg_extension where extname <> 'plpgsql'`,

  table: `select ${relationFacts} ${relations("'r', 'p', 'f'")}`,

  view: `select ${relationFacts}, c.relispopulated as populated, pg_get_viewdef(c.oid) as query ${relations("'v', 'm'")}`,

  column: `select n.nspname || '.' || c.relname || '.' || a.attname as key, n.nspname || '.' || c.relname as of,
      format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "not null",
      pg_get_expr(d.adbin, d.adrelid) as "default", a.attidentity as identity, a.attgenerated as generated,
      (select collname from pg_collation o where o.oid = a.attcollation and a.attcollation <> t.typcollation) as collation,
      col_description(c.oid, a.attnum) as comment, nullif(a.attstattarget, -1) as "statistics target", a.attstorage as storage,
      a.attacl::text as rights
    ${columns} join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${isColumn}`,

  'column order': `select n.nspname || '.' || c.relname as key, json_agg(a.attname order by a.attnum) as columns
    ${columns} where c.relkind in ('r', 'p') and ${isColumn} group by 1`,

  constraint: `select n.nspname || '.' || coalesce(c.relname || '.', '') || x.conname as key,
      n.nspname || '.' || c.relname as of, pg_get_constraintdef(x.oid) as definition, x.convalidated as validated
    from pg_constraint x join pg_namespace n on n.oid = x.connamespace left join pg_class c on c.oid = x.conrelid
    where ${isOwn} and x.contype <> 't' and ${notOfExtension('pg_class', 'x.conrelid')}
      and ${notOfExtension('pg_constraint', 'x.oid')}`,

  index: `select n.nspname || '.' || i.relname as key, n.nspname || '.' || c.relname as of,
      pg_get_indexdef(i.oid) as definition, x.indisvalid as valid, array(select unnest(i.reloptions) order by 1) as options,
      obj_description(i.oid, 'pg_class') as comment
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = i.relnamespace
    where ${isOwn} and ${notOfExtension('pg_class', 'c.oid')}`,

  enum: `select n.nspname || '.' || t.typname as key,
      (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as values,
      t.typacl::text as rights, obj_description(t.oid, 'pg_type') as comment
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'e' and ${isOwn} and ${notOfExtension('pg_type', 't.oid')}`,

  domain: `select n.nspname || '.' || t.typname as key, format_type(t.typbasetype, t.typtypmod) as type,
      t.typdefault as "default", t.typnotnull as "not null"
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'd' and ${isOwn} and ${notOfExtension('pg_type', 't.oid')}`,

  sequence: `select n.nspname || '.' || c.relname as key, format_type(s.seqtypid, null) as type, s.seqstart as start,
      s.seqincrement as increment, s.seqmin as minimum, s.seqmax as maximum, s.seqcache as cache, s.seqcycle as cycle,
      (select d.refobjid::regclass::text || '.' || a.attname || ':' || d.deptype::text
        from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') limit 1) as owner,
      c.relacl::text as rights
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
    where ${isOwn} and ${notOfExtension('pg_class', 'c.oid')}`,

  policy: `select schemaname || '.' || tablename || '.' || policyname as key, schemaname || '.' || tablename as of,
      permissive, roles, cmd as command, qual as using, with_check as "with check"
    from pg_policies n where schemaname <> 'drizzle'`,

  function: `select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as key,
      case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) else p.prokind::text end as definition,
      p.proacl::text as rights
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${isOwn} and ${notOfExtension('pg_proc', 'p.oid')}`,

  trigger: `select n.nspname || '.' || c.relname || '.' || t.tgname as key, n.nspname || '.' || c.relname as of,
      pg_get_triggerdef(t.oid) as definition, t.tgenabled as enabled
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and ${isOwn}`,
}
