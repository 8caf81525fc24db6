import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { writeMigrations } from '../tests/support/migrations.ts'
import { withScratchDatabase } from '../tests/support/scratch.ts'

// How long 500 migrations take from an empty database: this project's tool, then drizzle-kit on the same files.
const COUNT = 500
const ROOT = resolve(import.meta.dir, '..')

const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
try {
  writeMigrations(folder, Array.from({ length: COUNT }, migration))
  console.log(`${COUNT} migrations, a table and an index or a column each, from an empty database:`)
  const own = await measure([process.execPath, join(ROOT, 'tools/migrate/cli.ts'), 'up', '--folder', folder])
  console.log(`  make migrate-up      ${own.toFixed(2)} s, a transaction each`)
  const config = join(folder, 'drizzle.config.ts')
  writeFileSync(
    config,
    `export default { dialect: 'postgresql', out: '.', dbCredentials: { url: process.env.DATABASE_URL } }`,
  )
  const kit = await measure([join(ROOT, 'node_modules/.bin/drizzle-kit'), 'migrate', '--config', config])
  console.log(`  drizzle-kit migrate  ${kit.toFixed(2)} s, one transaction for all`)
  console.log(`  ratio                ${(own / kit).toFixed(2)}`)
} finally {
  rmSync(folder, { recursive: true })
}

function migration(_: unknown, place: number) {
  const table = `t_${Math.floor(place / 2)}`
  const up =
    place % 2 === 0
      ? `create table ${table} (id int primary key, name text not null, at timestamptz default now());\n--> statement-breakpoint\ncreate index ${table}_name on ${table} (name);`
      : `alter table ${table} add column more int default 0 not null;`
  const down = place % 2 === 0 ? `drop table ${table};` : `alter table ${table} drop column more;`
  return { name: `${String(place).padStart(4, '0')}_step`, up, down }
}

/** The seconds that a command takes on a new, empty database, its start included. Throws where it fails, or leaves something out. */
function measure(command: string[]): Promise<number> {
  return withScratchDatabase(async (url) => {
    const start = performance.now()
    const child = Bun.spawn(command, {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: url },
      stdout: 'ignore',
    })
    if ((await child.exited) !== 0) throw new Error(`${command.join(' ')} failed`)
    const seconds = (performance.now() - start) / 1000
    await using sql = new Bun.SQL(url, { max: 1 })
    const [{ applied }] = await sql`select count(*)::int as applied from drizzle.__drizzle_migrations`
    if (applied !== COUNT) throw new Error(`${command.join(' ')} applied ${applied} of ${COUNT}`)
    return seconds
  })
}
