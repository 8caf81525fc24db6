import { readdirSync } from 'node:fs'
import type { Migration } from './folder.ts'
import { isMigration } from './journal.ts'
import { calling } from './wording.ts'

/**
 * Something in a folder that does not fit together, in a sentence. History can't be changed, so it hinders only where the migration `name`
 * is pending on a database.
 */
export type Remark = { message: string; name: string; kind: 'date' | 'same date' | 'stray' }

/** What does not fit together in a folder. */
export function remarksOn(path: string, migrations: Migration[]): Remark[] {
  return [...disorder(migrations), ...strays(path, migrations)]
}

// drizzle's migrator applies what is dated after the newest applied one, so a date out of order is a migration that it may skip.
function disorder(migrations: Migration[]): Remark[] {
  let newest: Migration | undefined
  return migrations.flatMap((migration): Remark[] => {
    const { name, when } = migration
    const before = newest
    if (!before || before.when < when) {
      newest = migration
      return []
    }
    const message = `${name} comes after ${before.name} but is not dated after it, so a database that has the one would never get the other from drizzle-kit: delete it with ${calling('drop')} and make it again with ${calling('create')}.`
    return [
      {
        message,
        name,
        kind: migrations.some((it) => it !== migration && it.when === when) ? 'same date' : 'date',
      },
    ]
  })
}

// A down migration alone, such as `drizzle-kit drop` leaves behind, does no harm.
function strays(path: string, migrations: Migration[]): Remark[] {
  const known = new Set(migrations.map(({ name }) => `${name}.sql`))
  return readdirSync(path)
    .filter((file) => isMigration(file) && !known.has(file))
    .sort()
    .map((file) => ({
      message: `${file} is not in meta/_journal.json, so it would never run: bring its entry back, or delete it and make the migration again.`,
      name: file.slice(0, -'.sql'.length),
      kind: 'stray',
    }))
}
