import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { declaredRenames } from '../../packages/migrate/src/adopt/declared-renames.ts'
import type { Script } from '../../packages/migrate/src/script.ts'
import { PROJECT } from '../../tools/migrate/project.ts'
import { PATIENT_MS } from '../support/migrations.ts'
import { withScratchDatabase } from '../support/scratch.ts'

setDefaultTimeout(PATIENT_MS * 3) // many processes each

const CLI = resolve(import.meta.dir, '../../packages/migrate/src/cli.ts')
const PG_CORE = resolve(import.meta.dir, '../../node_modules/drizzle-orm/pg-core/index.js')

type Foreign = {
  folder: string
  sql: Bun.SQL
  write: (files: Record<string, string>) => void
  run: (...args: string[]) => Promise<{ code: number; out: string; err: string }>
}

/** A project of another make in its own folder, with an empty database. */
function inProject(files: Record<string, string>, work: (project: Foreign) => Promise<void>): Promise<void> {
  return withScratchDatabase(async (url) => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-foreign-'))
    const scratch = await PROJECT.scratch()
    await using sql = new Bun.SQL(url, { max: 1 })
    const write = (more: Record<string, string>) => {
      for (const [name, text] of Object.entries(more)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text.replaceAll('PG_CORE', PG_CORE))
      }
    }
    const run = async (...args: string[]) => {
      const child = Bun.spawn([process.execPath, CLI, ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, DATABASE_URL: url, SCRATCH_URL: scratch },
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      return { code: await child.exited, out, err }
    }
    try {
      write(files)
      await work({ folder, sql, write, run })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

const USERS = `import { pgTable, integer, text } from 'PG_CORE'
export const users = pgTable('users', { id: integer('id').primaryKey() })`
const GROWN = USERS.replace('primaryKey()', "primaryKey(), email: text('email')")

const config = (fields: object) => `export default ${JSON.stringify({ dialect: 'postgresql', ...fields })}`

describe('a project with a drizzle.config', () => {
  const files = {
    'drizzle.config.ts': config({
      schema: './db/*.ts',
      out: './db/migrations',
      migrations: { table: 'versions', schema: 'public', prefix: 'timestamp' },
    }),
    'db/schema.ts': USERS,
  }

  test('has its models, folder and table where that says', () =>
    inProject(files, async ({ run, write, sql, folder }) => {
      expect(await run('create', '--message', 'users')).toMatchObject({ code: 0, err: '' })
      expect(readdirSync(join(folder, 'db/migrations'))).toContain('0000_users.sql')
      expect(await run('up')).toMatchObject({ code: 0 })
      expect((await sql`select count(*)::int as n from public.versions`)[0].n).toBe(1)
      expect((await sql`select to_regclass('drizzle.__drizzle_migrations') as t`)[0].t).toBeNull()
      write({ 'db/schema.ts': GROWN })
      expect((await run('create', '--message', 'email')).code).toBe(0)
      expect((await run('up')).out).toContain('0001_email')
      expect(await run('check')).toMatchObject({ code: 0 })
      expect(await run('down')).toMatchObject({ code: 2, err: expect.stringContaining('give --yes') })
      expect((await run('down', '--yes')).code).toBe(0)
      expect((await run('current')).out).toContain('is at 0000_users')
    }))

  test('and of another database is refused', () =>
    inProject({ 'drizzle.config.ts': config({ dialect: 'sqlite' }) }, async ({ run }) => {
      expect(await run('current')).toMatchObject({ code: 1, err: expect.stringContaining('for sqlite') })
    }))

  test('that names no file which is there is refused', () =>
    inProject({ 'drizzle.config.ts': config({ schema: './nowhere/*.ts' }) }, async ({ run }) => {
      const refused = await run('create', '--message', 'x')
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('No file fits ./nowhere/*.ts') })
    }))
})

describe('a platform that brings what the models refer to', () => {
  const files = {
    'drizzle.config.ts': config({ schema: './schema.ts' }),
    'drizzle/scratch.sql': 'create schema auth; create table auth.users (id integer primary key);',
    'schema.ts': `import { pgSchema, pgTable, integer } from 'PG_CORE'
const users = pgSchema('auth').table('users', { id: integer('id').primaryKey() })
export const profiles = pgTable('profiles', { id: integer('id').primaryKey().references(() => users.id) })`,
  }

  test('is made in scratch databases by scratch.sql', () =>
    inProject(files, async ({ run, sql, folder }) => {
      expect(await run('create', '--message', 'profiles')).toMatchObject({ code: 0, err: '' })
      expect(readFileSync(join(folder, 'drizzle/0000_profiles.sql'), 'utf8')).not.toContain('not proved')
      await sql.unsafe(files['drizzle/scratch.sql'])
      expect((await run('up')).code).toBe(0)
      expect((await run('check')).code).toBe(0)
    }))

  test('without it the migration is not proved, and --no-proof writes it and says so in the file', () =>
    inProject({ ...files, 'drizzle/scratch.sql': '' }, async ({ run, folder }) => {
      const unproved = await run('create', '--message', 'profiles')
      expect([unproved.code, unproved.out]).toEqual([
        2,
        expect.stringContaining('schema "auth" does not exist'),
      ])
      rmSync(join(folder, 'drizzle'), { recursive: true })
      expect(await run('create', '--message', 'profiles', '--no-proof')).toMatchObject({ code: 0 })
      for (const way of ['sql', 'down.sql']) {
        const text = readFileSync(join(folder, `drizzle/0000_profiles.${way}`), 'utf8')
        expect(text).toStartWith('-- hearth: not proved: --no-proof was given\n')
      }
    }))
})

/** A folder as years of drizzle-kit and of people leave it. */
function oldFolder(tags: string[], dates: number[]): Record<string, string> {
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: dates[idx], tag, breakpoints: true }))
  const sql = tags.map((tag, n) => [`drizzle/${tag}.sql`, `create table t${n} (id integer primary key);\r\n`])
  return {
    'drizzle.config.ts': config({ schema: './schema.ts' }),
    'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    ...Object.fromEntries(sql),
  }
}

const DAY = 86_400_000
const START = 1_700_000_000_000

describe('history that nobody can change hinders nothing:', () => {
  const tags = Array.from({ length: 12 }, (_, n) => `${String(n).padStart(4, '0')}_step`)
  const dates = tags.map((_, n) => START + (n === 5 ? 2 : n) * DAY + (n === 5 ? 1 : 0))

  test('but a file that may be a migration which nothing names is refused', () =>
    inProject({ ...oldFolder(tags, dates), 'drizzle/0003_left_over.sql': 'select 1' }, async ({ run }) => {
      const up = await run('up')
      expect([up.code, up.out]).toEqual([1, expect.anything()])
      expect(up.err).toContain('0003_left_over.sql is not in meta/_journal.json')
    }))

  test('dates out of order, on an empty database, and stray files once newer ones are applied', () =>
    inProject(oldFolder(tags, dates), async ({ run, write, sql }) => {
      expect(await run('up', '--to', '0010')).toMatchObject({ code: 0 })
      write({ 'drizzle/0003_left_over.sql': 'select 1' })
      expect(await run('up')).toMatchObject({ code: 0 })
      expect((await run('history')).err).toContain('0003_left_over.sql')
      expect((await sql`select count(*)::int as n from pg_tables where schemaname = 'public'`)[0].n).toBe(12)
    }))

  test('a checkout with other line ends is not an edit', () =>
    inProject(oldFolder(tags.slice(0, 2), dates), async ({ run, write }) => {
      await run('up')
      write({ 'drizzle/0000_step.sql': 'create table t0 (id integer primary key);\n' })
      expect(await run('up')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to apply') })
    }))

  test('a snapshot of an old drizzle-kit, and entries without one', () => {
    const column = { name: 'id', type: 'integer', primaryKey: true, notNull: true }
    const kind = { name: 'kind', type: 'sourceType', primaryKey: false, notNull: false }
    const snapshot = {
      id: 'a',
      prevId: '00000000-0000-0000-0000-000000000000',
      version: '7',
      dialect: 'postgresql',
      tables: {
        'public.t0': { name: 't0', schema: '', columns: { id: column, kind }, indexes: {}, foreignKeys: {} },
      },
      enums: { 'public.sourceType': { name: 'sourceType', schema: 'public', values: ['a', 'b'] } },
      schemas: {},
    }
    return inProject(
      {
        ...oldFolder(['20231114221320_first', '20231115221320_by_hand'], dates),
        'drizzle/20231114221320_first.sql': `create type "sourceType" as enum ('a', 'b'); create table t0 (id integer primary key, kind "sourceType");`,
        'drizzle/20231115221320_by_hand.sql': 'select 1',
        'drizzle/meta/20231114221320_snapshot.json': JSON.stringify(snapshot),
        'schema.ts': `import { pgEnum, pgTable, integer, text } from 'PG_CORE'
export const kind = pgEnum('sourceType', ['b'])
export const t0 = pgTable('t0', { id: integer('id').primaryKey(), kind: kind('kind'), note: text('note') })`,
      },
      async ({ run, folder }) => {
        const created = await run('create', '--message', 'note')
        expect(created).toMatchObject({ code: 0, err: '' })
        expect(
          readdirSync(join(folder, 'drizzle')).filter((it) => /^\d{14}_note\.sql$/.test(it)),
        ).toHaveLength(1)
        expect((await run('up')).code).toBe(0)
        expect((await run('down', '--yes')).code).toBe(0)
      },
    )
  })
})

describe('adopt writes the down migrations of a folder that drizzle-kit made', () => {
  const KIT = resolve(import.meta.dir, '../../node_modules/.bin/drizzle-kit')
  const SCHEMA = (
    columns: string,
    more = '',
  ) => `import { pgEnum, pgTable, integer, text, varchar } from 'PG_CORE'
${more}export const people = pgTable('people', { id: integer('id').primaryKey(), ${columns} })`

  test('proved, and they lead back', () =>
    inProject(
      {
        'drizzle.config.ts': config({ schema: './schema.ts', dialect: 'postgresql' }),
        'node_modules/.keep': '',
      },
      async ({ folder, run, write, sql }) => {
        const generate = async (text: string, name: string) => {
          write({ 'schema.ts': text })
          const child = Bun.spawn([KIT, 'generate', '--name', name], {
            cwd: folder,
            stdout: 'pipe',
            stderr: 'pipe',
          })
          expect([await child.exited, await new Response(child.stderr).text()]).toEqual([0, ''])
        }
        symlinkSync(
          resolve(import.meta.dir, '../../node_modules/drizzle-orm'),
          join(folder, 'node_modules/drizzle-orm'),
        )
        await generate(SCHEMA("name: text('name')"), 'people')
        await generate(SCHEMA("name: text('name').unique(), n: integer('n').notNull().default(1)"), 'unique')
        await generate(SCHEMA("name: text('name').unique(), n: text('n').notNull().default('1')"), 'retype')
        const adopted = await run('adopt')
        expect(adopted).toMatchObject({ code: 0, err: '' })
        expect(adopted.out.match(/, proved$/gm)).toHaveLength(3)
        await run('up')
        await sql`insert into people values (1, 'a', '7')`
        expect((await run('down', '--to', '0001', '--yes')).code).toBe(0)
        expect((await sql`select n from people`)[0].n).toBe(7)
        expect(await run('down', '--to', 'none', '--yes')).toMatchObject({ code: 0 })
        expect((await run('adopt')).out).toContain('Nothing to adopt')
        expect(await run('up')).toMatchObject({ code: 0 })
      },
    ))

  test('a migration without a snapshot is left to people, with exit code 2', () =>
    inProject(oldFolder(['0000_by_hand'], [START]), async ({ run }) => {
      const adopted = await run('adopt')
      expect([adopted.code, adopted.out]).toEqual([2, expect.stringContaining('write it by hand')])
    }))
})

test('adopt reads renames from the SQL of the migration', () => {
  const statements = [
    'ALTER TABLE "users" RENAME TO "people";',
    'ALTER TABLE "app"."people" RENAME COLUMN "na""me" TO "title";',
    'alter type kind rename to "Sort"',
    'ALTER TABLE "people" RENAME CONSTRAINT "a" TO "b";',
    'ALTER TABLE "people" SET SCHEMA "app";',
    "ALTER TYPE \"kind\" RENAME VALUE 'a' TO 'b';",
  ].map((sql) => ({ sql, line: 1 }))
  const place = (name: string, schema = 'public') => ({ schema, name })
  expect(declaredRenames({ statements } as Script)).toEqual([
    { kind: 'table', from: place('users'), to: place('people') },
    { kind: 'column', table: place('people', 'app'), from: 'na"me', to: 'title' },
    { kind: 'enum', from: place('kind'), to: place('Sort') },
    { kind: 'table', from: place('people'), to: place('people', 'app') },
  ])
})
