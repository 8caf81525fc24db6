import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRevision, readFolder } from '../../packages/migrate/src/folder.ts'
import { migrateUp } from '../../packages/migrate/src/run/migrate-up.ts'
import { type Outcome, run, start } from './processes.ts'
import { withScratchDatabase } from './scratch.ts'

/** The longest that a test may take which starts several processes: a busy machine takes its time for them. */
export const PATIENT_MS = 30_000

const CLI = 'tools/migrate/cli.ts'
// Its sentences name make's variables, as the Makefile has it.
const AS_MAKE = { HEARTH_MIGRATE_SPEAKS: 'make' }
const FIRST_DATE = 1_700_000_000_000

/** A migration of a test: `down` may be left out, and `date` moves it in time, in seconds after the first. */
export type Fixture = { name: string; up: string; down?: string; date?: number }

/** A folder of migrations and a database for one test. */
export type World = {
  url: string
  folder: string
  /** Applies what is pending, up to `to`, without starting a process: for what a test begins with. */
  up: (to?: string) => Promise<void>
  /** Runs the tool as a shell would, and waits for its end. */
  migrate: (...args: string[]) => Promise<Outcome>
  /** Runs it on another database. */
  migrateOn: (url: string, ...args: string[]) => Promise<Outcome>
  /** Starts the tool; for what must be interrupted. */
  start: (...args: string[]) => ReturnType<typeof start>
  /** Runs it with `--json` and returns the exit code and the result. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON the tool printed, and asserts what it is
  json: (...args: string[]) => Promise<{ code: number; result: any }>
  /** Runs it on a terminal, where `typed` is typed; `out` holds what the terminal showed. */
  onTerminal: (typed: string, ...args: string[]) => Promise<Outcome>
  sql: Bun.SQL
  /** Writes migrations, the journal included, over what is there. */
  write: (fixtures: Fixture[]) => void
  edit: (file: string, text: string) => void
  remove: (file: string) => void
  /** The names of the tables in the schema `public`. */
  tables: () => Promise<string[]>
}

/** Makes a world with `fixtures`, runs `work` in it, and takes it away. */
export function withMigrations(fixtures: Fixture[], work: (world: World) => Promise<void>): Promise<void> {
  return withScratchDatabase(async (url) => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-migrations-'))
    await using sql = new Bun.SQL(url, { max: 4 })
    try {
      writeMigrations(folder, fixtures)
      await work(worldOf(folder, url, sql))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

/** Writes migrations and their journal into a folder, as drizzle-kit would. */
export function writeMigrations(folder: string, fixtures: Fixture[]): void {
  mkdirSync(join(folder, 'meta'), { recursive: true })
  const entries = fixtures.map(({ name, date }, idx) => {
    return { idx, version: '7', when: FIRST_DATE + (date ?? idx) * 1000, tag: name, breakpoints: true }
  })
  const journal = { version: '7', dialect: 'postgresql', entries }
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal, null, 2))
  for (const { name, up, down } of fixtures) {
    writeFileSync(join(folder, `${name}.sql`), up)
    if (down !== undefined) writeFileSync(join(folder, `${name}.down.sql`), down)
  }
}

function worldOf(folder: string, url: string, sql: Bun.SQL): World {
  const inFolder = (args: string[]) => [...args, '--folder', folder]
  const migrateOn = (other: string, ...args: string[]) =>
    run(CLI, inFolder(args), { DATABASE_URL: other, ...AS_MAKE })
  const migrate = (...args: string[]) => migrateOn(url, ...args)
  return {
    url,
    folder,
    sql,
    up: (to) => arrange(url, folder, to),
    start: (...args) => start(CLI, inFolder(args), { DATABASE_URL: url, ...AS_MAKE }),
    migrate,
    migrateOn,
    onTerminal: (typed, ...args) => onTerminal(inFolder(args), url, typed),
    json: async (...args) => {
      const { code, out, err } = await migrate(...args, '--json')
      if (!out) throw new Error(`It printed no JSON, but: ${err}`)
      return { code, result: JSON.parse(out) }
    },
    write: (fixtures) => writeMigrations(folder, fixtures),
    edit: (file, text) => writeFileSync(join(folder, file), text),
    remove: (file) => unlinkSync(join(folder, file)),
    tables: async () => {
      const rows: { name: string }[] =
        await sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`
      return rows.map(({ name }) => name)
    },
  }
}

async function arrange(url: string, path: string, to = 'last'): Promise<void> {
  const folder = readFolder(path)
  const how = { agree: async () => {}, onRan: () => {}, say: () => {}, lockTimeoutMs: 5_000 }
  await migrateUp(url, folder, { ...how, to: findRevision(folder, to) })
}

async function onTerminal(args: string[], url: string, typed: string): Promise<Outcome> {
  let out = ''
  const data = (_: unknown, shown: Uint8Array) => {
    out += new TextDecoder().decode(shown)
  }
  const env = { ...process.env, DATABASE_URL: url, ...AS_MAKE }
  const child = Bun.spawn([process.execPath, CLI, ...args], { env, terminal: { cols: 200, rows: 24, data } })
  child.terminal?.write(typed)
  return { code: await child.exited, out, err: '' }
}

/** Migrations that make one table each, `a`, `b`, `c` …, with their down migrations. */
export function tablesNamed(...names: string[]): Fixture[] {
  return names.map((name, place) => ({
    name: `${String(place).padStart(4, '0')}_${name}`,
    up: `create table ${name} (id int primary key, note text);`,
    down: `-- hearth: loses rows of ${name} | select count(*) from ${name}\ndrop table ${name};`,
  }))
}
