import type { Query } from '../catalog.ts'

/** Looks at no foreign keys until `withForeignKeys`; resolves to false where only a superuser may do so. */
export const withoutForeignKeys = (query: Query): Promise<boolean> =>
  query('set session_replication_role = replica').then(
    () => true,
    () => false,
  )

/** Looks at foreign keys again. */
export const withForeignKeys = (query: Query) => query('reset session_replication_role').catch(() => {})

const FOREIGN_KEYS = `
  select x.conrelid::regclass as child, x.confrelid::regclass as parent, array_to_json(array(
    select format('%I', a.attname) from unnest(x.conkey) with ordinality k(n, place)
      join pg_attribute a on a.attrelid = x.conrelid and a.attnum = k.n order by place)) as "from", array_to_json(array(
    select format('%I', a.attname) from unnest(x.confkey) with ordinality k(n, place)
      join pg_attribute a on a.attrelid = x.confrelid and a.attnum = k.n order by place)) as "to"
  from pg_constraint x where x.contype = 'f'`

/**
 * Deletes rows until no row is without its parent: whoever referred to a deleted row has lost its own. In one block, since there may be many keys.
 */
export async function removeOrphans(query: Query): Promise<void> {
  const keys = (await query(FOREIGN_KEYS)) as {
    child: string
    parent: string
    from: string[]
    to: string[]
  }[]
  if (keys.length === 0) return
  const deletions = keys.map(({ child, parent, from, to }) => {
    const given = from.map((name) => `child.${name} is not null`).join(' and ')
    const same = from.map((name, n) => `parent.${to[n]} = child.${name}`).join(' and ')
    return `delete from ${child} child where ${given} and not exists (select from ${parent} parent where ${same});
      get diagnostics deleted = row_count; total := total + deleted;`
  })
  await query(`do $hearth$ declare deleted bigint; total bigint; begin
    loop total := 0; ${deletions.join('\n')} exit when total = 0; end loop; end $hearth$`)
}
