import type { Fixture, World } from './migrations.ts'

const TAKES_MS = 300 // about what a whole run takes, its start included

/** Migrations of two tables each, with a pause between the two, so that a random moment often falls there. */
export const PAIRS: Fixture[] = Array.from({ length: 10 }, (_, place) => ({
  name: `${String(place).padStart(4, '0')}_pair`,
  up: statements(`create table first_${place} ();`, `create table second_${place} ();`),
  down: statements(`drop table second_${place};`, `drop table first_${place};`),
}))

/** Starts the tool and, at a random moment of its run, kills it so that it can't react. Returns whether it ran still. */
export async function killAtRandom(world: World, args: string[]): Promise<boolean> {
  const child = world.start(...args)
  await Promise.race([Bun.sleep(Math.random() * TAKES_MS), child.exited])
  child.kill('SIGKILL')
  await child.exited
  return child.signalCode === 'SIGKILL'
}

/** How many of `PAIRS` are recorded as applied, and those whose record, first and second table do not all say the same. */
export async function resultOf({ sql, tables }: World): Promise<{ applied: number; halves: string[] }> {
  await untilAlone(sql)
  const [found] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as yes`
  const rows: { place: number }[] = found.yes
    ? await sql`select ((created_at - 1700000000000) / 1000)::int as place from drizzle.__drizzle_migrations`
    : []
  const names = await tables()
  const halves = PAIRS.filter((_, place) => {
    const records = rows.filter((row) => row.place === place).length
    const counts = [records, ...['first', 'second'].map((part) => Number(names.includes(`${part}_${place}`)))]
    return new Set(counts).size > 1
  })
  return { applied: rows.length, halves: halves.map(({ name }) => name) }
}

// The server learns that a client is gone when it next turns to it; until then its last statement runs on.
async function untilAlone(sql: Bun.SQL): Promise<void> {
  const others = () =>
    sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`
  while ((await others()).length > 0) await Bun.sleep(5)
}

function statements(...parts: [string, string]): string {
  return parts.join('\n--> statement-breakpoint\nselect pg_sleep(0.01);\n--> statement-breakpoint\n')
}
