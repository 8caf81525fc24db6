import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SandboxError } from './errors.ts'
import { fingerprintOf, hashOf } from './fingerprint.ts'

/** How to build a test database: `statements` build it, and `fingerprint` changes whenever they do. */
export type Blueprint = { fingerprint: string; statements: () => Promise<string[]> }

/** A blueprint of statements: tables, reference data, and what else tests expect to find. */
export const fromStatements = (statements: string[]): Blueprint => ({
  fingerprint: hashOf(statements),
  statements: async () => statements,
})

/**
 * A blueprint of Drizzle models, whose tables drizzle-kit describes. `files` are the modules that `load` imports: the
 * database is built again when they change, or one that they import. `more` are statements to run after that.
 */
export const fromModels = (
  files: string[],
  load: () => Promise<Record<string, unknown>>,
  more: string[] = [],
): Blueprint => ({
  fingerprint: fingerprintOf(files, ...more),
  async statements() {
    const { generateDrizzleJson, generateMigration } = await import('drizzle-kit/api') // loads slowly
    return [...(await generateMigration(generateDrizzleJson({}), generateDrizzleJson(await load()))), ...more]
  },
})

/**
 * A blueprint of the migrations in `folder`: of drizzle-kit, or any whose files sort in their order, as `0001_name.sql` or
 * as `0001_name/migration.sql`. Files that end in `.down.sql` are left out. `more` are statements to run after that. Throws
 * `SandboxError` for a folder without migrations.
 */
export function fromMigrations(folder: string, more: string[] = []): Blueprint {
  const texts = migrationFiles(folder).map((file) => readFileSync(file, 'utf8'))
  return fromStatements([...texts.flatMap((text) => text.split('--> statement-breakpoint')), ...more])
}

type Journal = { entries: { tag: string }[] }

function migrationFiles(folder: string): string[] {
  const journal = join(folder, 'meta/_journal.json')
  if (existsSync(journal)) {
    const { entries } = JSON.parse(readFileSync(journal, 'utf8')) as Journal
    return entries.map(({ tag }) => join(folder, `${tag}.sql`))
  }
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  const files = names.flatMap((name) => {
    const inFolder = join(folder, name, 'migration.sql')
    if (existsSync(inFolder)) return inFolder
    return name.endsWith('.sql') && !name.endsWith('.down.sql') ? join(folder, name) : []
  })
  if (files.length > 0) return files
  throw new SandboxError(`${folder} has no migrations: neither *.sql files nor folders with a migration.sql.`)
}
