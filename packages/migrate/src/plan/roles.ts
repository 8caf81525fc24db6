import type { Role } from '../snapshot.ts'
import type { Model } from './model.ts'
import { quote } from './sql.ts'

/**
 * The statements that make and drop roles. Roles belong to the server, not to one of its databases: one that another
 * database has made already is taken as it is, and one that another database still uses is kept.
 */
export function compareRoles(from: Model, to: Model): { create: string[]; drop: string[] } {
  const [before, after] = [Object.values(from.roles), Object.values(to.roles)]
  const changed = after.filter(({ name }) => {
    const role = from.roles[name]
    return role && options(role) !== options(to.roles[name] as Role)
  })
  return {
    create: [
      ...after.filter(({ name }) => !from.roles[name]).map(createRole),
      ...changed.map((role) => `ALTER ROLE ${quote(role.name)} WITH${options(role)};`),
    ],
    drop: before.filter(({ name }) => !to.roles[name]).map(dropRole),
  }
}

const options = ({ createDb, createRole, inherit = true }: Role) =>
  ` ${createDb ? '' : 'NO'}CREATEDB ${createRole ? '' : 'NO'}CREATEROLE ${inherit ? '' : 'NO'}INHERIT`

const createRole = (role: Role) =>
  guarded(`CREATE ROLE ${quote(role.name)} WITH${options(role)};`, 'duplicate_object')

const dropRole = ({ name }: Role) => guarded(`DROP ROLE ${quote(name)};`, 'dependent_objects_still_exist')

const guarded = (statement: string, unless: string) =>
  `DO $$ BEGIN\n  ${statement}\nEXCEPTION WHEN ${unless} THEN NULL;\nEND $$;`
