import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A section of the README: the files that it says to write, and the commands that it says to run, in their order. */
export function stepsOf(heading: string): { files: Record<string, string>; commands: string[] } {
  const readme = readFileSync(join(import.meta.dir, '../README.md'), 'utf8')
  const [, section = ''] = readme.split(`## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const files: Record<string, string> = {}
  const commands: string[] = []
  for (const [, language, code = ''] of own.matchAll(/```(\w+)\n([\s\S]*?)```/g)) {
    const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(code) ?? []
    if (language === 'sh') commands.push(...code.trim().split('\n'))
    else if (name) files[name] = code
  }
  return { files, commands }
}

/** Type-checks a foreign project as strictly as TypeScript can, and returns what it says of the project's own files. */
export async function typeErrors(folder: string, types: string[]): Promise<string[]> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: 'Preserve',
    target: 'ESNext',
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types,
  }
  const config = { compilerOptions, include: ['src', 'tests/sandbox.ts', 'tests/users.test.ts'] }
  await Bun.write(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(import.meta.dir, '../../../node_modules/.bin/tsc')
  const child = Bun.spawn([tsc, '-p', folder], { cwd: folder, stdout: 'pipe' })
  const out = await new Response(child.stdout).text()
  return out.split('\n').filter((line) => line.trim() !== '')
}

/** The app that a foreign project has before it follows the README. */
export const APP = {
  'src/schema.ts': `import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})
`,
  'drizzle/meta/_journal.json': '{ "entries": [{ "tag": "0000_users" }, { "tag": "0001_names" }] }',
  'drizzle/0000_users.sql': `CREATE TABLE "users" ("id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "name" text NOT NULL);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "created_at" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL;`,
  'drizzle/0001_names.sql': 'CREATE UNIQUE INDEX CONCURRENTLY "users_name" ON "users" ("name");',
}
